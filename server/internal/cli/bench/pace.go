package bench

import (
	"context"
	"time"
)

// pace says when each message of a publisher is due. A message that is late is
// sent at once and keeps its due time, so that its latency counts the delay: what
// a client would have seen that had wanted to send then.
type pace struct {
	run      *run
	interval time.Duration // 0: as fast as possible
	offset   time.Duration // spreads the publishers over an interval
	start    time.Duration
}

func newPace(r *run, publisher int) *pace {
	p := &pace{run: r, start: r.elapsed()}
	if r.plan.Rate > 0 {
		p.interval = time.Duration(r.plan.Publishers) * time.Second / time.Duration(r.plan.Rate)
		p.offset = p.interval * time.Duration(publisher) / time.Duration(r.plan.Publishers)
	}
	return p
}

// await waits until message i is due and says when that was.
func (p *pace) await(ctx context.Context, i int) (time.Duration, error) {
	now := p.run.elapsed()
	if p.interval == 0 {
		return now, nil
	}
	due := p.start + p.offset + time.Duration(i)*p.interval
	if due <= now {
		return due, nil
	}
	timer := time.NewTimer(due - now)
	defer timer.Stop()
	select {
	case <-timer.C:
		return due, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}
