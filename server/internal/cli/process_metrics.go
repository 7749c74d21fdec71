package cli

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// The standard metrics of a process.
const (
	cpuMetric      = "process_cpu_seconds_total"
	residentMetric = "process_resident_memory_bytes"
	startedMetric  = "process_start_time_seconds"
)

// processMetrics is what a page of metrics says of the process behind it.
type processMetrics struct {
	cpu      time.Duration // all threads together, since the start
	resident int64         // bytes
	started  time.Time
}

// readProcessMetrics reads a page of Prometheus text to its end.
func readProcessMetrics(header http.Header, page io.Reader) (*processMetrics, error) {
	if expfmt.ResponseFormat(header).FormatType() != expfmt.TypeTextPlain {
		return nil, fmt.Errorf("the page is no Prometheus text: its type is %q", header.Get("Content-Type"))
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(page)
	if err != nil {
		return nil, fmt.Errorf("the page is no Prometheus text: %w", err)
	}
	cpu, noCPU := only(families, cpuMetric, time.Second.Nanoseconds())
	resident, noResident := only(families, residentMetric, 1)
	started, noStart := only(families, startedMetric, time.Second.Milliseconds())
	if err := errors.Join(noCPU, noResident, noStart); err != nil {
		return nil, err
	}
	return &processMetrics{cpu: time.Duration(cpu), resident: resident, started: time.UnixMilli(started)}, nil
}

// only is the one value of a metric, in parts of its unit.
func only(families map[string]*dto.MetricFamily, name string, parts int64) (int64, error) {
	family := families[name]
	if family == nil {
		return 0, fmt.Errorf("the page has no %s", name)
	}
	samples, err := expfmt.ExtractSamples(&expfmt.DecodeOptions{}, family)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	if len(samples) != 1 {
		return 0, fmt.Errorf("the page has %d values of %s, so it is not of one server", len(samples), name)
	}
	value := math.Round(float64(samples[0].Value) * float64(parts))
	if value >= 0 && value < math.MaxInt64 {
		return int64(value), nil
	}
	return 0, fmt.Errorf("the page says that %s is %v, which cannot be", name, samples[0].Value)
}
