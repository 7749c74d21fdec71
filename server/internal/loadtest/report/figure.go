package report

import (
	"fmt"
	"strings"
)

// Names of figures, as workloads give them.
const (
	cpu                  = "cpu_s_per_million"
	cores                = "cores"
	ownCPU               = "own_cpu_s_per_million"
	rate                 = "per_second"
	p50                  = "p50_ms"
	p99                  = "p99_ms"
	p999                 = "p999_ms"
	turnP99              = "turn_p99_ms"
	memory               = "kib_per_connection"
	growth               = "memory_growth_mib"
	writes               = "writes_per_delivery"
	seconds              = "seconds"
	bytesPerSubscription = "bytes_per_subscription"
)

// column is how a figure is shown.
type column struct{ figure, title, format string }

var columns = []column{
	{cpu, "CPU-s/M", "%.3f"},
	{cores, "cores busy", "%.2f"},
	{ownCPU, "clients' CPU-s/M", "%.3f"},
	{rate, "per second", "%.0f"},
	{writes, "writes/delivery", "%.3f"},
	{p50, "p50 ms", "%.3f"},
	{turnP99, "p99 ms of a turn", "%.3f"},
	{p99, "p99 ms", "%.3f"},
	{p999, "p99.9 ms", "%.3f"},
	{memory, "KiB/connection", "%.1f"},
	{bytesPerSubscription, "bytes/subscription", "%.0f"},
	{growth, "memory growth MiB", "%.1f"},
	{seconds, "seconds", "%.2f"},
}

// Line shows the figures of one run.
func Line(figures map[string]float64) string {
	var parts []string
	for _, c := range columns {
		if v, ok := figures[c.figure]; ok {
			parts = append(parts, fmt.Sprintf(c.format+" %s", v, c.title))
		}
	}
	return strings.Join(parts, ", ")
}
