// Package inbox is the bounded buffer between a connection and one local
// subscription. The connection never waits for the application: when the buffer
// is full the oldest message goes, and the reader is told how many went (SDK-11).
package inbox

import (
	"context"
	"errors"
	"sync"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// ErrClosed ends the reading of an inbox that the application itself has closed.
var ErrClosed = errors.New("the subscription is closed")

// Limits bound a buffer. One message always has room, however long it is.
type Limits struct {
	Messages int
	Bytes    int // of payloads
}

// Item is what a reader gets: a delivery, or how many were lost before the next
// one.
type Item struct {
	Delivery wire.Delivery
	// Lost is how many messages were lost here; 0: this is a delivery.
	Lost uint64
	// AtServer: the server dropped them, for the whole connection; how many of
	// them this subscription would have got is unknown.
	AtServer bool
}

// Inbox is one local subscription's buffer. All methods may be called
// concurrently; each item goes to one reader.
type Inbox struct {
	limits Limits
	wake   chan struct{} // holds a token when a waiting reader should look again
	ended  chan struct{} // closed by End and Close

	mu      sync.Mutex
	items   ring
	bytes   int
	waiting int    // readers that sleep
	lagged  uint64 // dropped here, before the head of items
	missed  uint64 // dropped by the server, before the head of items
	over    bool
	cause   error // why it is over
}

// New makes an empty inbox.
func New(limits Limits) *Inbox {
	return &Inbox{limits: limits, wake: make(chan struct{}, 1), ended: make(chan struct{})}
}

// Push adds a delivery and never blocks. After the end it does nothing.
func (b *Inbox) Push(delivery *wire.Delivery) {
	b.mu.Lock()
	if !b.over {
		b.items.push(Item{Delivery: *delivery})
		b.bytes += len(delivery.Payload)
		b.dropOldest()
		b.signal()
	}
	b.mu.Unlock()
}

// PushLost says that the server dropped messages before the next delivery.
func (b *Inbox) PushLost(messages uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over {
		b.items.push(Item{Lost: messages, AtServer: true})
		b.dropOldest()
		b.signal()
	}
}

// dropOldest makes the buffer fit its limits again.
func (b *Inbox) dropOldest() {
	for b.items.len() > b.limits.Messages || b.bytes > b.limits.Bytes && b.items.len() > 1 {
		dropped := b.items.pop()
		b.bytes -= len(dropped.Delivery.Payload)
		if dropped.Lost > 0 {
			b.missed += dropped.Lost
		} else {
			b.lagged++
		}
	}
}

func (b *Inbox) signal() {
	if b.waiting == 0 {
		return
	}
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// End ends the inbox for a cause. What it holds can still be read; then readers
// get the cause. Only the first End or Close counts.
func (b *Inbox) End(cause error) { b.finish(cause, false) }

// Close ends the inbox because the application wants no more: what it holds is
// gone, and readers get ErrClosed.
func (b *Inbox) Close() { b.finish(ErrClosed, true) }

func (b *Inbox) finish(cause error, discard bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if discard {
		b.items, b.bytes, b.lagged, b.missed = ring{}, 0, 0, 0
	}
	if !b.over {
		b.over, b.cause = true, cause
		close(b.ended)
	}
}

// Next waits for the next item. It fails with the cause of the end, with
// ErrClosed, or with a fault when ctx ends; ctx is looked at first.
func (b *Inbox) Next(ctx context.Context) (Item, error) {
	for {
		select {
		case <-ctx.Done():
			b.passOn()
			return Item{}, fault.FromContext(ctx, "stopped waiting for a message")
		default:
		}
		b.mu.Lock()
		item, found := b.take()
		if found || b.over {
			cause := b.cause
			b.mu.Unlock()
			if found {
				return item, nil
			}
			return Item{}, cause
		}
		b.waiting++
		b.mu.Unlock()
		b.sleep(ctx)
	}
}

func (b *Inbox) sleep(ctx context.Context) {
	select {
	case <-b.wake:
	case <-b.ended:
	case <-ctx.Done():
	}
	b.mu.Lock()
	b.waiting--
	b.mu.Unlock()
}

// passOn wakes another reader for the item that this one was woken for.
func (b *Inbox) passOn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.items.len() > 0 {
		b.signal()
	}
}

// take is the next item; losses come before what followed them.
func (b *Inbox) take() (Item, bool) {
	switch {
	case b.lagged > 0:
		lost := b.lagged
		b.lagged = 0
		return Item{Lost: lost}, true
	case b.missed > 0:
		lost := b.missed
		b.missed = 0
		return Item{Lost: lost, AtServer: true}, true
	case b.items.len() == 0:
		return Item{}, false
	}
	item := b.items.pop()
	b.bytes -= len(item.Delivery.Payload)
	if b.items.len() > 0 {
		b.signal() // another reader may take the next one
	}
	return item, true
}
