// Package receipt is the promise of a command's outcome: it is completed once,
// by whoever learns the outcome first, and any number of goroutines may wait for
// it.
package receipt

import (
	"context"
	"sync/atomic"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// Receipt is the outcome of one command. All methods may be called concurrently.
type Receipt struct {
	claimed atomic.Bool
	done    chan struct{}
	err     *fault.Fault
}

// New makes a receipt that is not complete.
func New() *Receipt {
	r := &Receipt{}
	r.Init()
	return r
}

// Init makes a zero receipt usable, for a receipt that is part of another value.
func (r *Receipt) Init() { r.done = make(chan struct{}) }

// Complete sets the outcome, nil for success. Only the first call counts; it
// says whether this one was it. A nil receipt, of a command nobody waits for,
// takes any outcome.
func (r *Receipt) Complete(err *fault.Fault) bool {
	if r == nil || !r.claimed.CompareAndSwap(false, true) {
		return false
	}
	r.err = err
	close(r.done)
	return true
}

// Done is closed once the receipt is complete.
func (r *Receipt) Done() <-chan struct{} { return r.done }

// Completed says whether the receipt is complete or is being completed.
func (r *Receipt) Completed() bool { return r.claimed.Load() }

// Err is the outcome; call it after Done.
func (r *Receipt) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// Wait waits for the outcome, or until ctx ends: then the error says that text
// was given up, and the command goes on.
func (r *Receipt) Wait(ctx context.Context, text string) error {
	select {
	case <-r.done:
		return r.Err()
	case <-ctx.Done():
		return fault.FromContext(ctx, text)
	}
}
