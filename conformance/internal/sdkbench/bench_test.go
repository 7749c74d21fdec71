package sdkbench

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// benchOf measures SDKs whose measuring programs are this test binary, in some
// manner.
func benchOf(t *testing.T, manner string, sdks ...string) *Bench {
	t.Helper()
	t.Setenv(fakeMark, manner)
	program, err := os.Executable()
	require.NoError(t, err)
	b := &Bench{
		URLs: map[scenario.Transport]string{scenario.WebSocket: "ws://x", scenario.GRPC: "grpc://x"}, Token: "AT_1_2",
		Transports: []scenario.Transport{scenario.WebSocket, scenario.GRPC}, Measures: Measures(0.001), Runs: 1, Timeout: time.Minute,
		Progress: func(string) {},
		feed:     func(context.Context, string, int) error { return nil },
	}
	for _, sdk := range sdks {
		b.Programs = append(b.Programs, Program{SDK: sdk, Command: []string{program}})
	}
	return b
}

func TestEverythingIsMeasured(t *testing.T) {
	b := benchOf(t, "good", "go", "java")
	b.Runs = 3
	var fed atomic.Int64
	b.feed = func(_ context.Context, channel string, messages int) error {
		assert.True(t, strings.HasPrefix(channel, "bench."), channel)
		assert.Equal(t, 1300, messages)
		fed.Add(1)
		return nil
	}
	rows := b.Run(t.Context())
	require.Len(t, rows, 4)
	assert.Equal(t, "java", rows[3].SDK)
	assert.Equal(t, scenario.GRPC, rows[3].Transport)
	for i := range rows {
		r := &rows[i]
		assert.Equal(t, scenario.Passed, r.Verdict, r.Problems)
		assert.InDelta(t, 1e6, r.Figures[ReceivedPerSecond], 1)
		assert.InDelta(t, 0.5, r.Figures[ReceiveCPU], 1e-9)
		assert.InDelta(t, 200, r.Figures[BytesPerMessage], 1e-9)
		assert.NotContains(t, r.Figures, AllocationsPerMessage, "null is: not counted")
		assert.InDelta(t, 150, r.Figures[AcknowledgedPerSecond], 1e-9)
		assert.InDelta(t, 70, r.Figures[DelayP50], 1e-9)
		assert.InDelta(t, 200, r.Figures[DelayP99], 1e-9)
		assert.InDelta(t, 1e6, r.Figures[SubscriptionMemory], 1e-6)
		assert.Positive(t, r.Figures[FirstMessage])
		assert.Len(t, r.samples[DelayP50], 3)
	}
}

func TestWhatGoesWrongIsTold(t *testing.T) {
	for manner, problem := range map[string]string{
		"lags":            "exit status 1; it printed: message 7 came instead of message 6",
		"talks":           `its standard output has a line that is no event: "hello"`,
		"says nothing":    "it ended without a result",
		"talks on":        "it says more after its result",
		"fails late":      "exit status 1; it printed: cannot close",
		"counts wrongly":  "its result is of 1 messages, not of 1000",
		"invents members": "a line that is no event",
		"has no time":     "0 seconds and 0 CPU seconds: neither can be",
	} {
		t.Run(manner, func(t *testing.T) {
			b := benchOf(t, manner, "go")
			b.Measures = b.Measures[:1]
			rows := b.Run(t.Context())
			for i := range rows {
				assert.Equal(t, scenario.Failed, rows[i].Verdict)
				require.Len(t, rows[i].Problems, 1)
				assert.Contains(t, rows[i].Problems[0], "go over "+string(rows[i].Transport)+": receive: ")
				assert.Contains(t, rows[i].Problems[0], problem)
				assert.Empty(t, rows[i].Figures)
			}
		})
	}
}

func TestAProgramThatHangsIsEnded(t *testing.T) {
	b := benchOf(t, "hangs", "go")
	b.Measures, b.Timeout = b.Measures[:1], 100*time.Millisecond
	for _, row := range b.Run(t.Context()) {
		assert.Contains(t, row.Problems[0], "it took longer than 100ms")
	}
}

func TestAFeedThatFailsEndsTheProgram(t *testing.T) {
	b := benchOf(t, "good", "go")
	b.Measures = b.Measures[:1]
	failed := make(chan struct{})
	b.feed = func(context.Context, string, int) error {
		defer close(failed)
		return errors.New("no server")
	}
	b.Transports = b.Transports[:1]
	l := &listening{measure: &b.Measures[0], feed: func(ctx context.Context) error { return b.publish(ctx, "c", 1) }}
	ctx, cancel := context.WithCancelCause(t.Context())
	l.cancel = cancel
	l.startFeeding(ctx)
	<-failed
	assert.EqualError(t, context.Cause(ctx), "publishing to it: no server")
}

func TestAProgramThatIsNotThere(t *testing.T) {
	b := benchOf(t, "good", "go")
	b.Programs[0].Command = []string{"/nowhere/bench"}
	assert.Contains(t, b.Run(t.Context())[0].Problems[0], "no such file")
}

func TestTheEndOfTheRunStopsIt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rows := benchOf(t, "good", "go").Run(ctx)
	assert.Equal(t, scenario.Failed, rows[0].Verdict)
	assert.Contains(t, rows[0].Problems[0], "interrupted")
}

func TestMedian(t *testing.T) {
	assert.InDelta(t, 2, median([]float64{3, 1, 2}), 0)
	assert.InDelta(t, 1, median([]float64{2, 1}), 0)
	assert.InDelta(t, 5, median([]float64{5}), 0)
}

func TestText(t *testing.T) {
	rows := []Row{
		{SDK: "go", Transport: scenario.WebSocket, Verdict: scenario.Passed, Figures: map[Figure]float64{
			DelayP50: 74.4, DelayP99: 208, ReceivedPerSecond: 600000, ReceiveCPU: 0.7512, BytesPerMessage: 180, AllocationsPerMessage: 0.04,
			AcknowledgedPerSecond: 700000, PublishCPU: 0.9, SubscriptionMemory: 1009, FirstMessage: 9,
		}},
		{SDK: "java", Transport: scenario.GRPC, Verdict: scenario.Passed, Figures: map[Figure]float64{ReceivedPerSecond: 249_999}},
		{SDK: "csharp", Transport: scenario.GRPC, Verdict: scenario.Failed, Problems: []string{"csharp over grpc: start: exit status 1"}},
	}
	rows = append(rows, NotRun("rust", []scenario.Transport{scenario.WebSocket, scenario.GRPC}, "cargo is not installed")...)
	var b strings.Builder
	require.NoError(t, Text(&b, rows))
	text := b.String()
	fields := strings.Fields(strings.SplitN(text, "\n", 3)[1])
	assert.Equal(t, []string{"go", "websocket", "74", "208", "600000", "0.751", "180", "0.04", "700000", "0.900", "1009", "9", "500000", "met"}, fields)
	assert.Contains(t, text, "FAILED csharp over grpc: start: exit status 1\n")
	assert.Contains(t, text, "NOT_RUN rust: cargo is not installed\n")
	assert.Equal(t, 1, strings.Count(text, "250000 not met"))
	assert.Equal(t, 1, strings.Count(text, "cargo is not installed"), "once, not once for each transport")
	assert.Equal(t, 3, strings.Count(text, "NOT_RUN"), "and in both rows: %s", text)
}

func TestMarkdown(t *testing.T) {
	rows := []Row{{SDK: "go", Transport: scenario.WebSocket, Verdict: scenario.Passed, Figures: map[Figure]float64{DelayP50: 74.4, ReceivedPerSecond: 600000}}}
	rows = append(rows, NotRun("rust", []scenario.Transport{scenario.WebSocket, scenario.GRPC}, "cargo is not installed")...)
	var b strings.Builder
	occasion := &Occasion{Date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Revision: "abc", Machine: "a CPU, 2 cores", Runs: 3}
	require.NoError(t, Markdown(&b, occasion, rows))
	text := b.String()
	assert.Contains(t, text, "| date | 2026-01-02 03:04 UTC |\n| revision | abc |\n| machine | a CPU, 2 cores |\n| runs | 3; figures are medians |\n\n")
	assert.Contains(t, text, "| go | websocket | 74 | – | 600000 | – | – | – | – | – | – | – | 500000 met |\n")
	assert.Contains(t, text, "| rust | grpc | – |")
	assert.True(t, strings.HasSuffix(text, "\n\n* NOT_RUN rust: cargo is not installed\n"), text)
	table := text[strings.Index(text, "| SDK"):strings.Index(text, "\n\n*")]
	for line := range strings.Lines(table) {
		assert.Equal(t, len(columns)+4, strings.Count(line, "|"), line)
	}
}

func TestJSON(t *testing.T) {
	rows := benchOf(t, "good", "java").Run(t.Context())
	rows = append(rows, NotRun("rust", []scenario.Transport{scenario.GRPC}, "cargo is not installed")...)
	var b strings.Builder
	require.NoError(t, JSON(&b, rows))
	var document struct {
		Rows []struct {
			SDK     string               `json:"sdk"`
			Verdict string               `json:"verdict"`
			Goal    float64              `json:"goal_received_per_second"`
			GoalMet *bool                `json:"goal_met"`
			Medians map[string]float64   `json:"medians"`
			Samples map[string][]float64 `json:"samples"`
		} `json:"rows"`
	}
	require.NoError(t, json.Unmarshal([]byte(b.String()), &document))
	require.Len(t, document.Rows, 3)
	assert.InDelta(t, 250_000, document.Rows[0].Goal, 0)
	require.NotNil(t, document.Rows[0].GoalMet)
	assert.True(t, *document.Rows[0].GoalMet)
	assert.InDelta(t, 70, document.Rows[0].Medians["latency_p50_us"], 0)
	assert.Equal(t, []float64{70}, document.Rows[0].Samples["latency_p50_us"])
	assert.Equal(t, "NOT_RUN", document.Rows[2].Verdict)
	assert.Nil(t, document.Rows[2].GoalMet)
}

func TestReadMetric(t *testing.T) {
	text := "# HELP x y\nfastpubsub_queued_bytes 7\nfastpubsub_queued_messages 1.5e+03\n"
	value, err := readMetric(strings.NewReader(text), queuedMetric)
	require.NoError(t, err)
	assert.InDelta(t, 1500, value, 0)
	_, err = readMetric(strings.NewReader("x 1\n"), queuedMetric)
	assert.ErrorContains(t, err, "no metric fastpubsub_queued_messages")
}
