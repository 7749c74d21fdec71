//go:build linux

package workload

import "github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"

// Entry is a workload on one system.
type Entry struct {
	Workload Workload
	System   systems.System
}

// Together says which workloads on which systems take turns with each other, in the
// order in which they are measured. Those that do not stand by themselves.
func Together(all []Workload, on func(Workload) []systems.System) [][]Entry {
	var groups [][]Entry
	place := map[string]int{} // of a group that others may join
	for _, w := range all {
		for _, s := range on(w) {
			key := w.Turns
			if w.EachSystem {
				key += " on " + s.Name
			}
			at, known := place[key]
			if !known || w.Turns == "" {
				at = len(groups)
				place[key], groups = at, append(groups, nil)
			}
			groups[at] = append(groups[at], Entry{w, s})
		}
	}
	return groups
}
