package report

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"time"
)

// Machine is where a benchmark ran.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory int    `json:"memory_mib"`
	System string `json:"system"`
	Go     string `json:"go"`
}

// Measurement is one workload on one system.
type Measurement struct {
	Workload string `json:"workload"`
	System   string `json:"system"`
	// Runs are the figures of each round.
	Runs []map[string]float64 `json:"runs,omitempty"`
	// Errors are why rounds have failed.
	Errors []string `json:"errors,omitempty"`
	// NotRun is why there was nothing to measure.
	NotRun string `json:"not_run,omitempty"`
}

// Median of a figure over the rounds. False: it was not measured, or a round has
// failed.
func (m *Measurement) Median(figure string) (float64, bool) {
	if m == nil || len(m.Errors) > 0 {
		return 0, false
	}
	var values []float64
	for _, run := range m.Runs {
		if v, ok := run[figure]; ok {
			values = append(values, v)
		}
	}
	return Median(values)
}

// Median is the middle value, or the mean of the two in the middle.
func Median(values []float64) (float64, bool) {
	if len(values) == 0 {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle], true
	}
	return (sorted[middle-1] + sorted[middle]) / 2, true
}

// Result is a whole benchmark.
type Result struct {
	Date     time.Time         `json:"date"`
	Revision string            `json:"revision"`
	Machine  Machine           `json:"machine"`
	Versions map[string]string `json:"versions"` // of other systems
	// Rounds is how often each workload ran on each system, interleaved.
	Rounds int `json:"rounds"`
	// Cut says which rounds there was no time for; empty: none.
	Cut string `json:"cut,omitempty"`
	// Scale is what the amount of work was divided by; 1: all of it.
	Scale int `json:"scale"`
	// Titles say what the workloads are.
	Titles map[string]string `json:"titles"`
	// Workloads are their names in the order in which they ran.
	Workloads    []string       `json:"workloads"`
	Measurements []*Measurement `json:"measurements"`
	// Index are the Go benchmarks of the subscription index, in nanoseconds per
	// operation, and under a name that ends in "/allocs" in allocations.
	Index      map[string]float64 `json:"index,omitempty"`
	IndexError string             `json:"index_error,omitempty"`
}

// Of finds the measurement of a workload on a system, or makes it.
func (r *Result) Of(workload, system string) *Measurement {
	if m := r.find(workload, system); m != nil {
		return m
	}
	m := &Measurement{Workload: workload, System: system}
	r.Measurements = append(r.Measurements, m)
	return m
}

func (r *Result) find(workload, system string) *Measurement {
	for _, m := range r.Measurements {
		if m.Workload == workload && m.System == system {
			return m
		}
	}
	return nil
}

// Value is the median of a figure. False: there is none.
func (r *Result) Value(workload, system, figure string) (float64, bool) {
	return r.find(workload, system).Median(figure)
}

// Failed lists what has failed.
func (r *Result) Failed() []string {
	var failed []string
	for _, m := range r.Measurements {
		for _, e := range m.Errors {
			failed = append(failed, m.Workload+" on "+m.System+": "+e)
		}
	}
	if r.IndexError != "" {
		failed = append(failed, "benchmarks of the index: "+r.IndexError)
	}
	return failed
}

// Read reads a JSON file.
func Read(file string) (*Result, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := new(Result)
	return r, json.Unmarshal(data, r)
}

// Write writes a JSON file, a line for each measurement.
func (r *Result) Write(file string) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	measurement := []byte(`{"workload":`) // in a text the quotes would be escaped
	data = bytes.ReplaceAll(data, measurement, append([]byte("\n"), measurement...))
	return os.WriteFile(file, append(data, '\n'), 0o644)
}
