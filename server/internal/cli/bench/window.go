package bench

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errStalled says that subscribers got nothing for the plan's patience.
var errStalled = errors.New("subscribers get nothing any more")

// window keeps publishers from running away from the slowest subscriber.
type window struct {
	size     uint64
	patience time.Duration

	mutex    sync.Mutex
	sent     uint64
	received []uint64      // by subscriber, lost ones included
	moved    chan struct{} // closed and replaced when the slowest has moved
}

func newWindow(size, subscribers int, patience time.Duration) *window {
	return &window{
		size: uint64(size), patience: patience, //nolint:gosec // positive
		received: make([]uint64, subscribers), moved: make(chan struct{}),
	}
}

// enter waits until one more message may be on its way.
func (w *window) enter(ctx context.Context) error {
	for {
		moved := w.tryEnter()
		if moved == nil {
			return nil
		}
		timer := time.NewTimer(w.patience)
		select {
		case <-moved:
			timer.Stop()
		case <-timer.C:
			return errStalled
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// tryEnter counts a message as sent, or says what to wait for.
func (w *window) tryEnter() <-chan struct{} {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if len(w.received) > 0 && w.sent >= w.slowest()+w.size {
		return w.moved
	}
	w.sent++
	return nil
}

func (w *window) slowest() uint64 {
	slowest := w.received[0]
	for _, received := range w.received[1:] {
		slowest = min(slowest, received)
	}
	return slowest
}

// arrived counts messages that a subscriber got, or has lost.
func (w *window) arrived(subscriber int, messages uint64) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	before := w.slowest()
	w.received[subscriber] += messages
	if w.slowest() != before {
		close(w.moved)
		w.moved = make(chan struct{})
	}
}
