package cli

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
