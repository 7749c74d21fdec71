package main

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// sampleEvery is of how many messages of a burst one is timed: timing each would
// cost more than receiving it.
const sampleEvery = 64

// latencies are the times from publishing to reception of all listeners.
type latencies struct {
	mu        sync.Mutex
	histogram *hdrhistogram.Histogram // microseconds
}

func newLatencies() *latencies {
	return &latencies{histogram: hdrhistogram.New(1, int64(time.Minute/time.Microsecond), 3)}
}

// record takes the time at which a message was published, in nanoseconds since
// the Unix epoch.
func (l *latencies) record(published int64) {
	micros := max(1, (time.Now().UnixNano()-published)/1000)
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.histogram.RecordValue(micros)
}

// quantile is in milliseconds.
func (l *latencies) quantile(percent float64) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return float64(l.histogram.ValueAtQuantile(percent)) / 1000
}
