package local

import (
	"context"
	"sync/atomic"

	"github.com/fastpubsub/fastpubsub/server/internal/backplane"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

// Alone is the backplane of a node that is no cluster: nobody else is
// interested in anything. Its zero value is ready for use.
type Alone struct{ closed atomic.Bool }

var _ backplane.Backplane = (*Alone)(nil)

// Join implements backplane.Backplane.
func (*Alone) Join(context.Context, backplane.Receiver) error { return nil }

// Announce implements backplane.Backplane.
func (a *Alone) Announce(ctx context.Context, _ string, _ channel.Pattern) error { return a.Check(ctx) }

// Withdraw implements backplane.Backplane.
func (*Alone) Withdraw(string, channel.Pattern) {}

// Broadcast implements backplane.Backplane.
func (a *Alone) Broadcast(ctx context.Context, _ backplane.Envelope) error { return a.Check(ctx) }

// Candidates implements backplane.Backplane.
func (*Alone) Candidates(string, string) []backplane.Candidate { return nil }

// Send implements backplane.Backplane.
func (a *Alone) Send(ctx context.Context, _ string, _ backplane.Envelope) (bool, error) {
	return false, a.Check(ctx)
}

// Check implements backplane.Backplane.
func (a *Alone) Check(ctx context.Context) error {
	if a.closed.Load() {
		return left()
	}
	return ctx.Err()
}

// Close implements backplane.Backplane.
func (a *Alone) Close() error {
	a.closed.Store(true)
	return nil
}
