package sdkbench

import (
	"slices"
)

// Figure is one column of the table.
type Figure string

// The figures, by their names in JSON.
const (
	DelayP50              Figure = "latency_p50_us"
	DelayP99              Figure = "latency_p99_us"
	ReceivedPerSecond     Figure = "received_per_second"
	ReceiveCPU            Figure = "receive_cpu_seconds_per_million"
	BytesPerMessage       Figure = "receive_allocated_bytes_per_message"
	AllocationsPerMessage Figure = "receive_allocations_per_message"
	AcknowledgedPerSecond Figure = "acknowledged_publishes_per_second"
	PublishCPU            Figure = "publish_cpu_seconds_per_million"
	SubscriptionMemory    Figure = "memory_kib_per_1000_subscriptions"
	FirstMessage          Figure = "start_to_first_message_ms"
)

// column is how a figure is shown: with a short heading in the terminal's table,
// which has notes below, and a whole one in Markdown.
type column struct {
	figure   Figure
	heading  string
	title    string
	decimals int
}

var columns = []column{
	{DelayP50, "p50 µs", "delay p50, µs", 0},
	{DelayP99, "p99 µs", "delay p99, µs", 0},
	{ReceivedPerSecond, "received/s", "received per second", 0},
	{ReceiveCPU, "CPU-s/M", "CPU-s per million received", 3},
	{BytesPerMessage, "B/msg", "bytes allocated per message received", 0},
	{AllocationsPerMessage, "allocs/msg", "objects allocated per message received", 2},
	{AcknowledgedPerSecond, "acked/s", "acknowledged publishes per second", 0},
	{PublishCPU, "CPU-s/M", "CPU-s per million publishes", 3},
	{SubscriptionMemory, "KiB/1000 subs", "KiB per 1,000 subscriptions", 0},
	{FirstMessage, "start ms", "start to first message, ms", 0},
}

// median is the middle of the values; of an even number, the lower of the two in
// the middle, so that it is a value that was measured.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

// goals are how many messages per second an SDK is to receive at least.
var goals = map[string]float64{"go": 500_000, "rust": 500_000, "java": 250_000, "csharp": 250_000}
