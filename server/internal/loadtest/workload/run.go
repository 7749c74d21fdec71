//go:build linux

package workload

import (
	"slices"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
)

// run is a run that publishes its load in parts, by turns with others.
type run struct {
	*scene
	publisher *fleet.Publisher
	load      fleet.Load
	left      int // messages that are to be sent
	perTurn   int
	used      usage
	// finish adds what else is measured; nil: nothing.
	finish func(Figures) error
}

// newRun begins a run in a scene that is complete.
func newRun(s *scene, c *fleet.Connection, load fleet.Load, perTurn int) *run {
	left := load.Messages
	load.Messages = 0
	return &run{scene: s, publisher: s.NewPublisher(c, load), load: load, left: left, perTurn: max(1, perTurn)}
}

// turn sends one part, and waits until all of it has arrived.
func (r *run) turn() error {
	messages := min(r.left, r.perTurn)
	r.left -= messages
	r.publisher.Resume(messages)
	used, err := r.spend(r.want()+messages*r.load.Listeners, r.publisher.Step)
	r.used.add(used)
	r.Tally.EndTurn()
	return err
}

// want is how many deliveries there are of what was sent.
func (r *run) want() int { return r.publisher.Sent() * r.load.Listeners }

// end checks the run and gives its figures.
func (r *run) end() (Figures, error) {
	figures, err := r.figures(r.used, r.want())
	if err != nil {
		return nil, err
	}
	if r.load.Interval == 0 {
		r.used.addRates(figures, r.want())
	}
	if r.finish != nil {
		err = r.finish(figures)
	}
	return figures, err
}

// turnP99 is the 99th percentile of the turn in the middle, in milliseconds.
func (r *run) turnP99() float64 {
	turns := slices.Sorted(slices.Values(r.Tally.Turns()))
	return turns[len(turns)/2]
}
