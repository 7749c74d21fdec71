package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// somePage is a page of metrics with all that a meter reads.
const somePage = `# HELP go_goroutines Number of goroutines that currently exist.
# TYPE go_goroutines gauge
go_goroutines 31
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 1.29
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 2.147483648e+10
process_start_time_seconds 1.79599941532e+09
`

var prometheusText = http.Header{"Content-Type": {"text/plain; version=0.0.4; charset=utf-8; escaping=underscores"}}

func TestProcessMetrics(t *testing.T) {
	got, err := readProcessMetrics(prometheusText, strings.NewReader(somePage))
	require.NoError(t, err)
	assert.Equal(t, &processMetrics{
		cpu: 1290 * time.Millisecond, resident: 20 << 30, started: time.UnixMilli(1_795_999_415_320),
	}, got)
}

func TestWrongProcessMetrics(t *testing.T) {
	change := strings.NewReplacer
	tests := []struct {
		kind, page, want string
	}{
		{"text/html", somePage, `the page is no Prometheus text: its type is "text/html"`},
		{"", somePage, `its type is ""`},
		{"text/plain", "pong", "the page is no Prometheus text: text format parsing error in line 1"},
		{"text/plain", somePage + "process_start_time_seconds x\n", "the page is no Prometheus text: text format parsing error in line 9"},
		{"text/plain", "", "the page has no process_cpu_seconds_total\nthe page has no process_resident_memory_bytes\nthe page has no process_start_time_seconds"},
		{"text/plain", change("process_resident", "jvm_resident").Replace(somePage), "the page has no process_resident_memory_bytes"},
		{"text/plain", somePage + `process_start_time_seconds{instance="b"} 1` + "\n", "the page has 2 values of process_start_time_seconds"},
		{"text/plain", change("1.29", "-1").Replace(somePage), "the page says that process_cpu_seconds_total is -1, which cannot be"},
		{"text/plain", change("1.29", "NaN").Replace(somePage), "process_cpu_seconds_total is NaN"},
		{"text/plain", change("1.29", "1e10").Replace(somePage), "process_cpu_seconds_total is 10000000000"},
	}
	for _, test := range tests {
		_, err := readProcessMetrics(http.Header{"Content-Type": {test.kind}}, strings.NewReader(test.page))
		assert.ErrorContains(t, err, test.want)
	}
}

func FuzzProcessMetrics(f *testing.F) {
	f.Add(somePage)
	f.Add("process_cpu_seconds_total{a=\"b\"} +Inf 17\n")
	f.Add("# TYPE process_cpu_seconds_total histogram\nprocess_cpu_seconds_total_bucket{le=\"1\"} 1\n")
	f.Fuzz(func(t *testing.T, page string) {
		got, err := readProcessMetrics(prometheusText, strings.NewReader(page))
		if err != nil {
			return
		}
		assert.GreaterOrEqual(t, got.cpu, time.Duration(0))
		assert.GreaterOrEqual(t, got.resident, int64(0))
		assert.False(t, got.started.Before(time.UnixMilli(0)))
	})
}
