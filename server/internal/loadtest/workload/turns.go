//go:build linux

package workload

import "math/rand/v2"

// Outcome is what an Entry has come to.
type Outcome struct {
	Figures Figures
	Err     error
}

// Measure runs a group of Together. Those that take turns have a server of their own
// each, with its clients, all the time, and publish while the others rest. The order
// of the turns is drawn anew each time. The outcomes are in the order of the group; a
// run that fails does not end the others.
func Measure(p Place, group []Entry) []Outcome {
	if w := group[0].Workload; w.begin == nil {
		figures, err := w.whole(p, group[0].System)
		return []Outcome{{figures, err}}
	}
	return byTurns(p, group)
}

func byTurns(p Place, entries []Entry) []Outcome {
	outcomes := make([]Outcome, len(entries))
	runs := make([]*run, len(entries))
	for i, e := range entries {
		if runs[i], outcomes[i].Err = e.Workload.begin(p, e.System); outcomes[i].Err == nil {
			defer runs[i].close()
		}
	}
	if len(runs) == 1 && outcomes[0].Err == nil {
		runs[0].alone()
	}
	for left := true; left; {
		left = false
		for _, i := range rand.Perm(len(runs)) {
			if outcomes[i].Err != nil || runs[i].left == 0 {
				continue
			}
			outcomes[i].Err = runs[i].turn()
			left = true
		}
	}
	for i, run := range runs {
		if outcomes[i].Err != nil {
			continue
		}
		if outcomes[i].Figures, outcomes[i].Err = run.end(); outcomes[i].Err == nil && run.load.Interval > 0 && len(runs) > 1 {
			outcomes[i].Figures[TurnP99] = run.turnP99()
		}
	}
	return outcomes
}
