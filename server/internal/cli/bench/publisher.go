package bench

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// publisher sends its share of the messages over one client.
type publisher struct {
	run       *run
	number    int
	client    Publisher
	sequences []uint64 // by channel: how many were sent
	payload   []byte
	sent      uint64
	finished  time.Duration // when the server had handled everything
	acks      recorder
}

func newPublisher(r *run, number int, client Publisher) *publisher {
	return &publisher{
		run: r, number: number, client: client, sequences: make([]uint64, len(r.channels)),
		payload: make([]byte, r.plan.Size), acks: newRecorder(),
	}
}

// publish sends the share, then a mark at the end of each channel. That ctx ends
// is no error: publishing just stops.
func (p *publisher) publish(ctx context.Context) error {
	var err error
	if p.run.plan.Ack {
		err = p.sendAcknowledged(ctx)
	} else {
		err = p.sendAll(ctx, p.send)
	}
	if err != nil && !errors.Is(err, errStalled) {
		return fmt.Errorf("publisher %d: %w", p.number, err)
	}
	return errors.Join(err, p.finish(context.WithoutCancel(ctx)))
}

// sendAll calls send for each message when its time has come.
func (p *publisher) sendAll(ctx context.Context, send func(ctx context.Context, channel int, due time.Duration) error) error {
	pace := newPace(p.run, p.number)
	for i := 0; p.more(ctx, i); i++ {
		due, err := pace.await(ctx, i)
		if err == nil {
			err = p.run.window.enter(ctx)
		}
		if err == nil {
			err = send(ctx, i%len(p.run.channels), due)
		}
		if err != nil {
			return p.unlessStopped(ctx, err)
		}
		p.sent++
	}
	return nil
}

// more says whether message i is to be sent.
func (p *publisher) more(ctx context.Context, i int) bool {
	return ctx.Err() == nil && (p.run.plan.Count == 0 || i < p.run.plan.share(p.number))
}

// unlessStopped is nil if err only says that ctx has ended.
func (p *publisher) unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && !errors.Is(err, errStalled) {
		return nil
	}
	return err
}

// stamped is the next payload for a channel. It is valid until the next call.
func (p *publisher) stamped(channel int, due time.Duration) []byte {
	stamp{kind: kindMessage, publisher: uint32(p.number), sequence: p.sequences[channel], sent: due}.write(p.payload) //nolint:gosec // small
	p.sequences[channel]++
	return p.payload
}

func (p *publisher) send(ctx context.Context, channel int, due time.Duration) error {
	return p.client.Send(context.WithoutCancel(ctx), p.run.channels[channel], p.stamped(channel, due))
}

// inFlight is a message that waits for its acknowledgement.
type inFlight struct {
	outcome Outcome
	due     time.Duration
}

// sendAcknowledged sends with many messages in flight and records how long each
// acknowledgement took.
func (p *publisher) sendAcknowledged(ctx context.Context) error {
	settled := context.WithoutCancel(ctx) // what has been sent is waited for
	waiting := make(chan inFlight, p.run.plan.Window)
	done := make(chan error, 1)
	go func() {
		var first error
		for message := range waiting {
			err := message.outcome.Wait(settled)
			p.acks.record(p.run.elapsed() - message.due)
			if first == nil {
				first = err
			}
		}
		done <- first
	}()
	err := p.sendAll(ctx, func(_ context.Context, channel int, due time.Duration) error {
		waiting <- inFlight{p.client.Begin(settled, p.run.channels[channel], p.stamped(channel, due)), due}
		return nil
	})
	close(waiting)
	return errors.Join(err, <-done)
}

// finish marks the end of each stream; the acknowledgement of the last mark says
// that the server has handled everything.
func (p *publisher) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.run.plan.Patience)
	defer cancel()
	mark := make([]byte, StampBytes)
	for channel, total := range p.sequences {
		stamp{kind: kindEnd, publisher: uint32(p.number), sequence: total}.write(mark) //nolint:gosec // small
		if err := p.client.Publish(ctx, p.run.channels[channel], mark); err != nil {
			return fmt.Errorf("publisher %d: %w", p.number, err)
		}
	}
	p.finished = p.run.elapsed()
	return nil
}
