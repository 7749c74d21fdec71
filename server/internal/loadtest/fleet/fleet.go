//go:build linux

package fleet

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/wire"
)

// Target is where a fleet connects, and how it speaks there.
type Target struct {
	Address netip.AddrPort
	Wire    wire.Wire
}

// Fleet is the connections of one run.
type Fleet struct {
	*Loop
	target Target
	// Tally is what the listeners have received.
	Tally *Tally
	ready int // connections whose subscriptions are confirmed
}

// New makes a fleet without connections.
func New(target Target, tally *Tally) (*Fleet, error) {
	loop, err := NewLoop()
	if err != nil {
		return nil, err
	}
	return &Fleet{Loop: loop, target: target, Tally: tally}, nil
}

// Ready is how many connections have all their subscriptions.
func (f *Fleet) Ready() int { return f.ready }

// Dial makes one connection that subscribes to the channels; the place in the
// list is the slot in the stamps of messages to the channel.
func (f *Fleet) Dial(channels ...string) (*Connection, error) {
	c, err := f.dial(f.target.Address, f.target.Wire)
	if err != nil {
		return nil, err
	}
	l := newListener(f.Tally, len(channels))
	c.take = func(c *Connection, payload []byte) { l.take(payload, c.read) }
	subscribed := false
	check := func(c *Connection) {
		if !subscribed && c.acknowledged >= len(channels) {
			subscribed = true
			f.ready++
		}
	}
	c.onAcknowledged = check
	c.onOpen = func(c *Connection) {
		for i, channel := range channels {
			c.out = c.Subscribe(c.out, i+1, channel)
		}
		check(c)
	}
	return c, nil
}

// Connect makes n connections, so many at once, each subscribed to the channels
// that of names for it, and waits until all are subscribed. Steps go on
// meanwhile.
func (f *Fleet) Connect(n, atOnce int, limit time.Duration, of func(i int) []string, steps ...Step) ([]*Connection, error) {
	made := make([]*Connection, 0, n)
	began := f.ready
	var failed error
	more := func(now time.Duration) time.Duration {
		for failed == nil && len(made) < n && len(made)-(f.ready-began) < atOnce {
			c, err := f.Dial(of(len(made))...)
			made, failed = append(made, c), err
		}
		return now + time.Second
	}
	done := func() bool { return failed != nil || f.ready-began == n }
	if err := f.Run(limit, done, append(steps, more)...); err != nil {
		return nil, fmt.Errorf("connecting, %d of %d are subscribed: %w", f.ready-began, n, err)
	}
	return made, failed
}

// AwaitDeliveries waits until the listeners have received so many messages in
// all. Finish waits for those that should not come.
func (f *Fleet) AwaitDeliveries(want uint64, limit time.Duration, steps ...Step) (took time.Duration, err error) {
	began := f.now()
	if err := f.Run(limit, func() bool { return f.Tally.Received >= want }, steps...); err != nil {
		return 0, fmt.Errorf("%d of %d deliveries: %w", f.Tally.Received, want, err)
	}
	took = f.now() - began
	return took, nil
}

// Finish waits a moment for messages that should not come and checks the rest.
func (f *Fleet) Finish(want uint64) error {
	if err := f.RunFor(50 * time.Millisecond); err != nil {
		return err
	}
	if f.Tally.Received != want {
		return fmt.Errorf("%d deliveries instead of %d", f.Tally.Received, want)
	}
	return f.Tally.Check()
}
