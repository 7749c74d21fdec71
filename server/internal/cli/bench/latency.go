package bench

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	lowestLatency  = time.Microsecond
	highestLatency = 5 * time.Minute // what takes longer counts as this long
	latencyDigits  = 3               // significant digits: 0.1 %
)

// recorder collects latencies of one goroutine.
type recorder struct{ histogram *hdrhistogram.Histogram }

func newRecorder() recorder {
	return recorder{hdrhistogram.New(int64(lowestLatency), int64(highestLatency), latencyDigits)}
}

func (r recorder) record(latency time.Duration) {
	_ = r.histogram.RecordValue(int64(min(max(latency, 0), highestLatency))) // in range
}

func (r recorder) merge(other recorder) { r.histogram.Merge(other.histogram) }

// Latency is a distribution of latencies, in nanoseconds.
type Latency struct {
	Count int64         `json:"count"`
	Min   time.Duration `json:"min"`
	Mean  time.Duration `json:"mean"`
	P50   time.Duration `json:"p50"`
	P90   time.Duration `json:"p90"`
	P99   time.Duration `json:"p99"`
	P999  time.Duration `json:"p999"`
	Max   time.Duration `json:"max"`
}

func (r recorder) latency() Latency {
	at := func(percentile float64) time.Duration {
		return time.Duration(r.histogram.ValueAtPercentile(percentile))
	}
	return Latency{
		Count: r.histogram.TotalCount(), Min: time.Duration(r.histogram.Min()), Mean: time.Duration(r.histogram.Mean()),
		P50: at(50), P90: at(90), P99: at(99), P999: at(99.9), Max: time.Duration(r.histogram.Max()),
	}
}
