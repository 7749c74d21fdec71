package bench

import (
	"fmt"
	"io"
	"time"
)

// fewestConnections is how many it takes to say what one costs: a process grows by
// some MiB at its first load, however few bring it. Measured by us: 5.
const fewestConnections = 1000

// Usage is what the server's process used, by its own account. Whatever else it
// did meanwhile is in it.
type Usage struct {
	// Connecting is while the clients connected and subscribed.
	Connecting Phase `json:"connecting"`
	// Load is from then until the last message has come.
	Load Phase `json:"load"`
	// CPUPerMillion is the CPU time of the load for a million deliveries; nil:
	// nothing was delivered.
	CPUPerMillion *time.Duration `json:"cpu_per_million_deliveries,omitempty"`
}

// Phase is what the server's process used in a part of a run.
type Phase struct {
	CPU time.Duration `json:"cpu"` // nanoseconds
	// Resident is its resident memory at the end, in bytes.
	Resident int64 `json:"resident_bytes"`
	// Growth is by how much that is more than at the start. It may be less.
	Growth int64 `json:"resident_growth_bytes"`
	// GrowthPerConnection is the share of each connection of the run in it; nil:
	// there are too few of them to tell.
	GrowthPerConnection *int64 `json:"resident_growth_bytes_per_connection,omitempty"`
}

// usage is what the readings say. All of them have been taken.
func (r *run) usage(deliveries uint64) *Usage {
	connections := int64(r.plan.Publishers + r.plan.Subscribers)
	usage := &Usage{
		Connecting: newPhase(r.readings[beforeConnecting], r.readings[beforeLoad], connections),
		Load:       newPhase(r.readings[beforeLoad], r.readings[afterLoad], connections),
	}
	if deliveries > 0 {
		perMillion := time.Duration(float64(usage.Load.CPU) / float64(deliveries) * 1e6)
		usage.CPUPerMillion = &perMillion
	}
	return usage
}

func newPhase(start, end Reading, connections int64) Phase {
	phase := Phase{CPU: end.CPU - start.CPU, Resident: end.Resident, Growth: end.Resident - start.Resident}
	if connections >= fewestConnections {
		share := phase.Growth / connections
		phase.GrowthPerConnection = &share
	}
	return phase
}

func (u *Usage) writeRows(w io.Writer) {
	fmt.Fprintln(w, "\nserver\tCPU s\tCPU s/million\tresident MiB\tgrown MiB\tKiB/connection\t")
	u.Connecting.writeRow(w, "connecting", nil)
	u.Load.writeRow(w, "load", u.CPUPerMillion)
}

func (p Phase) writeRow(w io.Writer, name string, perMillion *time.Duration) {
	million, share := "-", "-"
	if perMillion != nil {
		million = fmt.Sprintf("%.3f", perMillion.Seconds())
	}
	if p.GrowthPerConnection != nil {
		share = fmt.Sprintf("%.2f", float64(*p.GrowthPerConnection)/(1<<10))
	}
	fmt.Fprintf(w, "%s\t%.2f\t%s\t%.2f\t%.2f\t%s\t\n", name, p.CPU.Seconds(), million,
		float64(p.Resident)/(1<<20), float64(p.Growth)/(1<<20), share)
}
