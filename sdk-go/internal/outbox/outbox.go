// Package outbox is the queue of what the client sends: publishes and changes of
// subscriptions, in the order in which the application asked for them. It
// belongs to the client, not to a connection: what has not been handed to a
// transport yet stays in it when a connection breaks, and goes out over the next
// one (SDK-8). Whatever is pending when the writer comes goes out as one frame
// (SDK-6); nothing ever waits for more to come.
package outbox

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// Limits bound the outbox.
type Limits struct {
	// Messages is how many publishes are queued or wait for their acknowledgement.
	Messages int
	// Bytes is how many encoded bytes are queued. One publish always has room.
	Bytes int
}

// Consumer is the writer of one connection.
type Consumer struct {
	wake chan struct{}
}

// NewConsumer makes a consumer. Wake gets a token when there is something to
// take.
func NewConsumer() *Consumer { return &Consumer{wake: make(chan struct{}, 1)} }

// Wake gets a token when the consumer should look again.
func (c *Consumer) Wake() <-chan struct{} { return c.wake }

// Signal makes the consumer look again.
func (c *Consumer) Signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Outbox is one client's. All methods may be called concurrently.
type Outbox struct {
	limits Limits
	lastID atomic.Uint64

	mu        sync.Mutex
	consumer  *Consumer // nil: nobody takes now
	connected bool
	sealed    *fault.Fault // why no more publishes are accepted
	failed    bool         // nothing at all is accepted
	queue     queue
	arena     []byte        // memory of the encoded messages in the queue
	messages  int           // queued, or waiting for an acknowledgement
	bytes     int           // queued
	room      chan struct{} // closed when there is room again; nil: nobody waits
	expiry    *time.Timer
	expiresAt time.Time // of expiry; zero: not set
}

// New makes an empty outbox without a consumer.
func New(limits Limits) *Outbox { return &Outbox{limits: limits} }

// NextID is a request id that nobody has had before.
func (o *Outbox) NextID() uint64 { return o.lastID.Add(1) }

// Attach makes c the consumer: the client is connected.
func (o *Outbox) Attach(c *Consumer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.consumer, o.connected = c, true
	c.Signal()
}

// Pause takes the outbox away from its consumer because another connection will
// go on. The client counts as connected.
func (o *Outbox) Pause() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.consumer = nil
}

// Detach says that c's connection is gone. If c was the consumer the client is not
// connected now, and whoever waits for room is refused.
func (o *Outbox) Detach(c *Consumer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.consumer == c {
		o.consumer, o.connected = nil, false
		o.makeRoom()
	}
}

// Disconnect says that the connection which the outbox was paused for is gone. It
// does nothing when there is a consumer.
func (o *Outbox) Disconnect() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.consumer == nil {
		o.connected = false
		o.makeRoom()
	}
}

// Release says that n publishes have got their acknowledgement, or never will.
func (o *Outbox) Release(n int) {
	if n == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages -= n
	o.makeRoom()
}

// Seal makes everything that comes later fail with the reason.
func (o *Outbox) Seal(reason *fault.Fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sealed == nil {
		o.sealed = reason
	}
	o.makeRoom()
}

// Flushed says whether no publish is queued.
func (o *Outbox) Flushed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bytes == 0
}

// Fail seals the outbox and fails everything that is queued. It returns how many
// messages are gone for which the application was told that they would be sent.
func (o *Outbox) Fail(reason *fault.Fault) (dropped int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sealed, o.failed = reason, true
	o.consumer, o.connected = nil, false
	for o.queue.len() > 0 {
		switch e := o.queue.pop(); {
		case e.kind == command:
			e.command.Receipt.Complete(reason)
		case e.ticket == nil:
			dropped++
		default:
			e.ticket.Complete(reason)
		}
	}
	o.messages, o.bytes = 0, 0
	o.stopExpiry()
	o.makeRoom()
	return dropped
}

// makeRoom wakes whoever waits for room.
func (o *Outbox) makeRoom() {
	if o.room != nil {
		close(o.room)
		o.room = nil
	}
}
