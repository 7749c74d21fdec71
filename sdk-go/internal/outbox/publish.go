package outbox

import (
	"context"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// arenaBlock is how many bytes of encoded messages share one allocation.
const arenaBlock = 64 << 10

// Ticket is the receipt of a queued publish.
type Ticket struct {
	receipt.Receipt
	size int  // encoded bytes
	sent bool // it has left the queue; guarded by Outbox.mu
}

// Publish queues a message; its RequestID is set here. The payload has been
// copied when Publish returns.
//
// With ack the receipt completes when the server has answered. Without, it
// completes when the message has been handed to a transport; it is nil when that
// is so already, because the client is connected and the outbox is part of the
// transport: nothing that is in it gets lost while the client lives.
//
// When there is no room, Publish waits for it until ctx ends while the client is
// connected, and fails with BUFFER_FULL while it is not. ctx's deadline bounds
// how long the message may wait in the queue.
func (o *Outbox) Publish(ctx context.Context, message *wire.Outgoing, ack bool) (*Ticket, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.hasRoom() {
		if o.sealed == nil && !o.connected {
			return nil, fault.Newf(fault.BufferFull,
				"there is no connection and %d publishes with %d bytes are waiting for one already", o.messages, o.bytes)
		}
		if err := o.waitForRoom(ctx); err != nil {
			return nil, err
		}
	}
	if o.sealed != nil {
		return nil, o.sealed
	}
	return o.enqueue(ctx, message, ack), nil
}

func (o *Outbox) hasRoom() bool {
	return o.sealed != nil || o.messages == 0 || o.messages < o.limits.Messages && o.bytes < o.limits.Bytes
}

// waitForRoom unlocks while it waits.
func (o *Outbox) waitForRoom(ctx context.Context) error {
	if o.room == nil {
		o.room = make(chan struct{})
	}
	room := o.room
	o.mu.Unlock()
	defer o.mu.Lock()
	select {
	case <-room:
		return nil
	case <-ctx.Done():
		return fault.FromContext(ctx, "the buffer for publishes stayed full; the message was not sent")
	}
}

func (o *Outbox) enqueue(ctx context.Context, message *wire.Outgoing, ack bool) *Ticket {
	e := entry{kind: publish, ack: ack}
	if ack {
		e.id = o.NextID()
	}
	message.RequestID = e.id
	e.encoded = o.encode(message)
	if ack || !o.connected {
		e.ticket = &Ticket{size: len(e.encoded)}
		e.ticket.Init()
		e.deadline, _ = ctx.Deadline()
		o.expireAt(e.deadline)
	}
	o.messages++
	o.bytes += len(e.encoded)
	o.push(e)
	return e.ticket
}

// encode appends the message to the arena.
func (o *Outbox) encode(message *wire.Outgoing) []byte {
	need := len(message.Tenant) + len(message.Channel) + len(message.Payload) + 64
	if cap(o.arena)-len(o.arena) < need {
		o.arena = make([]byte, 0, max(arenaBlock, need))
	}
	start := len(o.arena)
	o.arena = wire.AppendMessage(o.arena, message)
	return o.arena[start:len(o.arena):len(o.arena)]
}

func (o *Outbox) push(e entry) {
	o.queue.push(e)
	if o.consumer != nil {
		o.consumer.Signal()
	}
}

// Withdraw gives a publish up: if it has not been handed to a transport, it never
// will be, its ticket completes with the reason, and Withdraw is true.
func (o *Outbox) Withdraw(t *Ticket, reason *fault.Fault) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !t.sent && o.withdraw(t, reason)
}

func (o *Outbox) withdraw(t *Ticket, reason *fault.Fault) bool {
	if !t.Complete(reason) {
		return false
	}
	o.messages--
	o.bytes -= t.size
	o.makeRoom()
	return true
}
