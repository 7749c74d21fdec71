//go:build linux

package workload

import (
	"slices"
	"time"

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

// turnTime is how long a run at a rate publishes before it is another's turn. It is
// short beside the times in which a machine that others use, too, is slower than in
// others, so that these meet all that are compared alike; and long beside what the
// first message takes that finds another's data in the caches.
const turnTime = 250 * time.Millisecond

// burstTurns is how many parts a burst is sent in.
const burstTurns = 5

// newRun begins a run in a scene that is complete.
func newRun(s *scene, c *fleet.Connection, load fleet.Load) *run {
	left, perTurn := load.Messages, load.Messages/burstTurns
	if load.Interval > 0 {
		perTurn = int(turnTime / load.Interval)
	}
	load.Messages = 0
	return &run{scene: s, publisher: s.NewPublisher(c, load), load: load, left: left, perTurn: max(1, perTurn)}
}

// alone has the run, which nobody takes turns with, publish everything in one turn.
func (r *run) alone() { r.perTurn = r.left }

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
		figures[Cores] = r.used.cpu.Seconds() / r.used.took.Seconds()
		figures[OwnCPU] = r.used.own.Seconds() / float64(r.want()) * 1e6
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
