package gobench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/sdkbench"
	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
)

// serverBinary is the server's, built once.
var serverBinary string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "gobench-")
	if err == nil {
		serverBinary, err = testserver.Build(folder, false)
	}
	if err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

func startServer(t *testing.T) *testserver.Server {
	t.Helper()
	server, err := testserver.Start(testserver.Options{Binary: serverBinary, Args: sdkbench.ServerFlags, Log: io.Discard})
	require.NoError(t, err)
	t.Cleanup(server.Kill)
	t.Setenv("FASTPUBSUB_TOKEN", server.AccessToken)
	return server
}

// output is what a measurement writes; it says when the measurement is ready.
type output struct {
	bytes.Buffer
	ready chan struct{}
}

func (o *output) Write(b []byte) (int, error) {
	if strings.Contains(string(b), `"ready"`) {
		close(o.ready)
	}
	return o.Buffer.Write(b)
}

// measured runs a measurement and gives its result. What it receives is published
// once it is ready.
func measured(t *testing.T, server *testserver.Server, url, measure string, feed bool) map[string]any {
	t.Helper()
	const messages, warmUp = 3000, 1000
	channel := measure + strconv.Itoa(len(url))
	out := &output{ready: make(chan struct{})}
	fed := make(chan error, 1)
	go func() {
		<-out.ready
		if feed {
			fed <- sdkbench.Feed(context.WithoutCancel(t.Context()), server.HTTP, server.AccessToken, channel, messages+warmUp)
		}
	}()
	require.NoError(t, Run(t.Context(), []string{
		"--measure", measure, "--url", url, "--channel", channel, "--messages", strconv.Itoa(messages), "--warm-up", strconv.Itoa(warmUp),
		"--rate", "50000", "--in-flight", "64", "--subscriptions", "500",
	}, out))
	if feed {
		require.NoError(t, <-fed)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var result map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &result))
	assert.Equal(t, "result", result["event"])
	return result
}

func TestEveryMeasure(t *testing.T) {
	server := startServer(t)
	for _, url := range []string{"ws://" + server.HTTP + "/ws", "grpc://" + server.GRPC} {
		t.Run(url[:2], func(t *testing.T) {
			for _, measure := range []string{"receive", "publish"} {
				result := measured(t, server, url, measure, measure == "receive")
				for _, member := range []string{"seconds", "cpu_seconds"} {
					assert.Positive(t, result[member], "%s: %s", measure, member)
				}
				// So few messages may all wait in the buffer when measuring begins; to take
				// them from there allocates nothing.
				for _, member := range []string{"allocated_bytes", "allocations"} {
					assert.GreaterOrEqual(t, result[member], 0.0, "%s: %s", measure, member)
					assert.True(t, measure == "receive" || result[member] != 0.0, "%s: %s", measure, member)
				}
				assert.InDelta(t, 3000, result["messages"], 0)
			}
			delays := measured(t, server, url, "latency", false)
			assert.Positive(t, delays["p50_ns"])
			assert.LessOrEqual(t, delays["p50_ns"], delays["p99_ns"])
			assert.LessOrEqual(t, delays["p99_ns"], delays["max_ns"])
			memory := measured(t, server, url, "subscriptions", false)
			assert.Positive(t, memory["bytes"])
			assert.Equal(t, "heap", memory["memory"])
			measured(t, server, url, "start", false)
		})
	}
}

func TestWrongMessagesEndTheMeasurement(t *testing.T) {
	server := startServer(t)
	out := &output{ready: make(chan struct{})}
	go func() {
		<-out.ready
		for range 2 { // message 0 comes twice
			_ = sdkbench.Feed(context.WithoutCancel(t.Context()), server.HTTP, server.AccessToken, "twice", 1)
		}
	}()
	err := Run(t.Context(), []string{"--measure", "receive", "--url", "ws://" + server.HTTP, "--channel", "twice", "--warm-up", "0"}, out)
	assert.EqualError(t, err, "message 0 came instead of message 1")
}

func TestARefusalEndsTheMeasurement(t *testing.T) {
	server := startServer(t)
	t.Setenv("FASTPUBSUB_TOKEN", "AT_1_2")
	for _, measure := range []string{"receive", "publish", "latency", "subscriptions", "start"} {
		err := Run(t.Context(), []string{"--measure", measure, "--url", "ws://" + server.HTTP}, io.Discard)
		assert.ErrorContains(t, err, "TOKEN_INVALID", measure)
	}
}

func TestWrongUse(t *testing.T) {
	t.Setenv("FASTPUBSUB_TOKEN", "AT_1_2")
	for args, problem := range map[string]string{
		"--measure speed --url ws://x":                     `there is no measure "speed"`,
		"--measure receive":                                "--url is missing",
		"--measure receive --url ws://x --payload-bytes 8": "at least 16",
		"--measure receive --url ws://x --messages 0":      "a figure is too small",
		"--measure receive --url ws://x --warm-up -1":      "a figure is too small",
		"--measure receive --url ws://x more":              `unexpected argument "more"`,
		"--sped 1":                                         "unknown flag",
	} {
		err := Run(t.Context(), strings.Fields(args), io.Discard)
		require.ErrorIs(t, err, ErrUsage, args)
		assert.ErrorContains(t, err, problem)
	}
	t.Setenv("FASTPUBSUB_TOKEN", "")
	assert.ErrorContains(t, Run(t.Context(), []string{"--measure", "start", "--url", "ws://x"}, io.Discard), "FASTPUBSUB_TOKEN is missing")
}

func TestQuantiles(t *testing.T) {
	samples := make([]int64, 1000)
	for i := range samples {
		samples[i] = int64(1000 - i)
	}
	got := summary(samples)
	assert.Equal(t, delays{Event: "result", Messages: 1000, P50: 500, P99: 990, Max: 1000}, got)
	assert.Equal(t, int64(7), quantile([]int64{7}, 99))
	assert.Equal(t, int64(2), quantile([]int64{1, 2}, 99))
}
