package gobench

import (
	"encoding/json"
	"io"
)

// ready is the line that says that the measurement can begin.
type ready struct {
	Event string `json:"event"`
}

// rate is the result of receive and publish.
type rate struct {
	Event          string  `json:"event"`
	Messages       int     `json:"messages"`
	Seconds        float64 `json:"seconds"`
	CPUSeconds     float64 `json:"cpu_seconds"`
	AllocatedBytes uint64  `json:"allocated_bytes"`
	Allocations    uint64  `json:"allocations"`
}

// delays is the result of latency.
type delays struct {
	Event    string `json:"event"`
	Messages int    `json:"messages"`
	P50      int64  `json:"p50_ns"`
	P99      int64  `json:"p99_ns"`
	Max      int64  `json:"max_ns"`
}

// memory is the result of subscriptions.
type memory struct {
	Event         string `json:"event"`
	Subscriptions int    `json:"subscriptions"`
	Bytes         int64  `json:"bytes"`
	Memory        string `json:"memory"`
}

const resultEvent = "result"

// say writes one line.
func say(out io.Writer, line any) error { return json.NewEncoder(out).Encode(line) }
