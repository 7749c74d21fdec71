package cli

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/certificate/certtest"
	"github.com/fastpubsub/fastpubsub/server/internal/cli/bench"
)

// CL-16: bench measures, and checks that everything arrived.
func TestBench(t *testing.T) {
	server := startDev(t)
	tests := []struct {
		title      string
		invocation invocation
		published  uint64
		delivered  uint64
	}{
		{"plain", server.client("bench", "--count=1000", "--json"), 1000, 1000},
		{"many", server.client("bench", "--publishers=3", "--subscribers=4", "--channels=5", "--count=1001", "--window=64", "--json"), 1001, 4004},
		{"gRPC, acknowledged", server.overGRPC(server.client("bench", "--ack", "--count=1000", "--size=1KiB", "--json")), 1000, 1000},
		{"publishing only", server.client("bench", "--subscribers=0", "--count=1000", "--tenant=my-tenant", "--json"), 1000, 0},
		{"smallest", server.client("bench", "--count=1", "--size=21", "--window=1", "--rate=1000", "--json"), 1, 1},
	}
	for _, test := range tests {
		t.Run(test.title, func(t *testing.T) {
			got := test.invocation.run(t)
			require.Equal(t, exitDone, got.code, got.stderr)
			var result bench.Result
			require.NoError(t, json.Unmarshal([]byte(got.stdout), &result))
			assert.True(t, result.OK())
			assert.Equal(t, test.published, result.Published.Messages)
			assert.Equal(t, test.delivered, result.Delivered.Messages)
			assert.Equal(t, test.title == "gRPC, acknowledged", result.AckLatency != nil)
		})
	}
}

func TestBenchForATime(t *testing.T) {
	server := startDev(t)
	got := server.client("bench", "--duration=100ms", "--rate=1000").run(t)
	require.Equal(t, exitDone, got.code, got.stderr)
	assert.Contains(t, got.stdout, "published")
	assert.Contains(t, got.stdout, "latency")
	assert.Contains(t, got.stdout, "lost 0, duplicates 0, out of order 0, refused 0\n")
}

// CL-16: with --metrics-url, bench shows what the server has used.
func TestBenchOfAServersUsage(t *testing.T) {
	server := startDev(t)
	page := "http://" + server.HTTP
	got := server.client("bench", "--count=1000", "--subscribers=2", "--metrics-url="+page, "--json").run(t)
	require.Equal(t, exitDone, got.code, got.stderr)
	var result bench.Result
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &result))
	used := result.Server
	require.NotNil(t, used)
	assert.GreaterOrEqual(t, used.Load.CPU, time.Duration(0))
	assert.InDelta(t, used.Load.CPU*500, *used.CPUPerMillion, 1, "2000 deliveries")
	assert.Positive(t, used.Connecting.Resident)
	assert.Equal(t, used.Connecting.Resident+used.Load.Growth, used.Load.Resident)

	got = server.client("bench", "--count=100", "--metrics-url="+page+"/metrics").run(t)
	require.Equal(t, exitDone, got.code, got.stderr)
	assert.Contains(t, got.stdout, "CPU s/million")
	got = server.client("bench", "--count=100").run(t)
	assert.NotContains(t, got.stdout, "CPU")
}

// The page may be at an address of its own (OP-4), which has no TLS; on the HTTP
// port it has what the port has.
func TestBenchFindsTheMetrics(t *testing.T) {
	cert, key, _ := certtest.Issue(t, t.TempDir(), "server")
	clientCert, clientKey, _ := certtest.Issue(t, t.TempDir(), "client")
	secured := []string{"--tls-cert-file=" + cert, "--tls-key-file=" + key, "--tls-client-ca-file=" + clientCert}
	shared := startDev(t, secured...)
	apart := startDev(t, append(secured, "--metrics-addr=127.0.0.1:0")...)
	known := []string{"--ca-file=" + cert, "--cert-file=" + clientCert, "--key-file=" + clientKey}
	for _, test := range []struct {
		server *devServer
		page   string
		code   int
		want   string
	}{
		{shared, "https://" + shared.HTTP, exitDone, ""},
		{shared, "http://" + shared.HTTP, exitFailed, "if this port speaks TLS, use https://"},
		{apart, "http://" + apart.Metrics, exitDone, ""},
		{apart, "https://" + apart.Metrics, exitFailed, "this port speaks no TLS"},
		{apart, "https://" + apart.HTTP, exitFailed, "the answer is 404 Not Found"},
	} {
		flags := append([]string{"bench", "--count=100", "--metrics-url=" + test.page}, known...)
		got := test.server.client(flags...).with("FASTPUBSUB_URL=wss://" + test.server.HTTP + "/ws").run(t)
		assert.Equal(t, test.code, got.code, got.stderr)
		assert.Contains(t, got.stderr, test.want)
	}
	page := "--metrics-url=https://" + shared.HTTP
	assert.Contains(t, shared.client("bench", page).run(t).stderr, "unknown authority; name its file with --ca-file")
	assert.Contains(t, shared.client("bench", page, "--ca-file="+cert).run(t).stderr, "--cert-file and --key-file name the certificate to show")
	assert.Contains(t, shared.client("bench", page, "--ca-file="+key).run(t).stderr, "holds no certificate")
}

// Metrics that are gone after the load cost no result.
func TestBenchThatLosesTheMetrics(t *testing.T) {
	server := startDev(t)
	pages := metricsPages(t, somePage, somePage, "up 1\n")
	got := server.client("bench", "--count=100", "--metrics-url="+pages.URL, "--json").run(t)
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.stderr, "cannot read the server's metrics at "+pages.URL+"/metrics: the page has no process_cpu_seconds_total; ")
	assert.Contains(t, got.stderr, "is this the page of fastpubsub")
	var result bench.Result
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &result))
	assert.Equal(t, uint64(100), result.Delivered.Messages)
	assert.Nil(t, result.Server)
}

func TestBenchThatIsRefused(t *testing.T) {
	server := startDev(t)
	tests := []struct {
		invocation invocation
		code       int
		want       string
	}{
		{command("bench"), exitWrongUse, "token: got nothing"},
		{server.client("bench", "--count=0"), exitWrongUse, "give --count or --duration"},
		{server.client("bench", "--size=20"), exitWrongUse, "size: got \"20\""},
		{server.client("bench", "--channel-prefix=a.*"), exitWrongUse, `channel "a.*"`},
		{server.client("bench", "--metrics-url=127.0.0.1:8080"), exitWrongUse, `metrics-url: got "127.0.0.1:8080"`},
		{server.client("bench", "--metrics-url=http://"+server.HTTP+"/ping"), exitFailed, "the page is no Prometheus text"},
		{server.client("bench", "--metrics-url=http://"+server.GRPC), exitFailed, "or to its HTTP port"},
		{server.client("bench", "--tenant=other"), exitFailed, "SUBSCRIBE_DENIED"},
		{server.client("bench", "--tenant=other", "--subscribers=0", "--count=10"), exitFailed, "PUBLISH_DENIED"},
	}
	for _, test := range tests {
		got := test.invocation.run(t)
		assert.Equal(t, test.code, got.code, test.want)
		assert.Contains(t, got.stderr, test.want)
		assert.Empty(t, got.stdout)
	}
}

func TestBenchThatIsInterrupted(t *testing.T) {
	server := startDev(t)
	running := server.client("bench", "--duration=1h", "--rate=100").start(t)
	running.says("publishers 1, subscribers 1")
	running.interrupt()
	assert.Equal(t, exitInterrupted, running.ends())
}
