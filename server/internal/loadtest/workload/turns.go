//go:build linux

package workload

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

// turnTime is how long a run publishes before it is another's turn. It is short
// beside the times in which a machine that others use, too, is slower than in others,
// so that these meet all that are compared alike; and long beside what the first
// message takes that finds another's data in the caches.
const turnTime = 250 * time.Millisecond

// Entry is a workload on one system.
type Entry struct {
	Workload Workload
	System   systems.System
}

// Outcome is what an Entry has come to.
type Outcome struct {
	Figures Figures
	Err     error
}

// Together says which workloads on which systems take turns with each other, in the
// order in which they are measured; those that do not stand by themselves. A workload
// whose Turns no other one has is compared between systems, several are compared with
// each other on one system.
func Together(all []Workload, on func(Workload) []systems.System) [][]Entry {
	var groups [][]Entry
	for len(all) > 0 {
		n := 1
		for all[0].Turns != "" && n < len(all) && all[n].Turns == all[0].Turns {
			n++
		}
		groups = append(groups, groupsOf(all[:n], on)...)
		all = all[n:]
	}
	return groups
}

// groupsOf are the groups of workloads with the same Turns.
func groupsOf(same []Workload, on func(Workload) []systems.System) [][]Entry {
	var groups [][]Entry
	at := map[string]int{} // of the group that another entry joins
	for _, w := range same {
		for _, s := range on(w) {
			e := Entry{w, s}
			key := ""
			switch {
			case w.Turns == "":
				key = w.Name + " on " + s.Name
			case len(same) > 1:
				key = s.Name
			}
			i, known := at[key]
			if !known {
				i = len(groups)
				at[key], groups = i, append(groups, nil)
			}
			groups[i] = append(groups[i], e)
		}
	}
	return groups
}

// Measure runs a group of Together. Those of several, and one that could take turns,
// have a server of their own each, with its clients, all the time, and publish while
// the others rest. The order of the turns is drawn anew each time. The outcomes are in
// the order of the group; a run that fails does not end the others.
func Measure(p Place, group []Entry) []Outcome {
	if w := group[0].Workload; w.begin == nil {
		figures, err := w.run(p, group[0].System)
		return []Outcome{{figures, err}}
	}
	return byTurns(p, group)
}

func byTurns(p Place, entries []Entry) []Outcome {
	outcomes := make([]Outcome, len(entries))
	runs := make([]*performance, len(entries))
	for i, e := range entries {
		if runs[i], outcomes[i].Err = e.Workload.begin(p, e.System); outcomes[i].Err == nil {
			defer runs[i].close()
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for left := true; left; {
		left = false
		for _, i := range random.Perm(len(runs)) {
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
		if outcomes[i].Figures, outcomes[i].Err = run.end(); outcomes[i].Err == nil && len(runs) > 1 {
			outcomes[i].Figures[TurnP99] = run.turnP99()
		}
	}
	return outcomes
}

// performance is a run that takes turns.
type performance struct {
	*scene
	publisher *fleet.Publisher
	listeners int // of each message
	left      int // messages that are to be sent
	perTurn   int
	used      usage
	// finish adds what else is measured; nil: nothing.
	finish func(Figures) error
}

// perform begins a run in a scene that is complete, with so many messages a second.
func (s *scene) perform(c *fleet.Connection, load fleet.Load) *performance {
	left := load.Messages
	load.Messages = 0
	return &performance{
		scene: s, publisher: s.NewPublisher(c, load), listeners: load.Listeners,
		left: left, perTurn: max(1, int(turnTime/load.Interval)),
	}
}

// turn sends what is due in one turn, and waits until all of it has arrived.
func (r *performance) turn() error {
	messages := min(r.left, r.perTurn)
	r.left -= messages
	r.publisher.Resume(messages)
	used, err := r.spend(r.want()+messages*r.listeners, r.publisher.Step)
	r.used.add(used)
	r.Tally.EndTurn()
	return err
}

// want is how many deliveries there are of what was sent.
func (r *performance) want() int { return r.publisher.Sent() * r.listeners }

// end checks the run and gives its figures.
func (r *performance) end() (Figures, error) {
	figures, err := r.figures(r.used, r.want())
	if err != nil {
		return nil, err
	}
	if r.finish != nil {
		err = r.finish(figures)
	}
	return figures, err
}

// turnP99 is the 99th percentile of the turn in the middle, in milliseconds.
func (r *performance) turnP99() float64 {
	turns := slices.Sorted(slices.Values(r.Tally.Turns()))
	return turns[len(turns)/2]
}
