package outbox

import (
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// frameBytes is up to how many bytes of publishes share a frame, if the server's
// limit allows it: enough to make the cost of a write small, short enough to
// keep the outbox locked only briefly.
const frameBytes = 128 << 10

// Ack is a publish whose acknowledgement is awaited.
type Ack struct {
	ID      uint64
	Receipt *receipt.Receipt
}

// Batch is what a consumer sends next: one frame of publishes, or one command.
// The consumer reuses it.
type Batch struct {
	// Frame is an encoded SessionRequest; nil when there is none to send.
	Frame []byte
	// Acks are the publishes in the frame that the server will answer.
	Acks []Ack
	// Handed are completed when the transport has taken the frame.
	Handed []*receipt.Receipt
	// Unacknowledged is how many publishes in the frame the server will not answer.
	Unacknowledged int
	// TooLarge is how many publishes nobody waits for are gone because this
	// connection's frames are too short for them.
	TooLarge int
	// Command is set when HasCommand is.
	Command    Command
	HasCommand bool

	buffer []byte
}

func (b *Batch) reset() {
	clear(b.Acks)
	clear(b.Handed)
	if b.buffer == nil {
		b.buffer = make([]byte, wire.PublishOverhead, 4096)
	}
	*b = Batch{Acks: b.Acks[:0], Handed: b.Handed[:0], buffer: b.buffer[:wire.PublishOverhead]}
}

// Take moves what is at the head of the queue into the batch: as many publishes
// as fit into a frame of at most maxFrame bytes, or one command. It is false when
// there is nothing, or when c is not the consumer (any more).
func (o *Outbox) Take(c *Consumer, maxFrame int, into *Batch) bool {
	into.reset()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.consumer != c {
		return false
	}
	defer o.makeRoom()
	for o.queue.len() > 0 {
		front := o.queue.front()
		if front.kind == command {
			if into.publishes() == 0 {
				into.Command, into.HasCommand = o.queue.pop().command, true
				return true
			}
			break
		}
		if !into.fits(len(front.encoded), maxFrame) && !front.withdrawn() {
			break
		}
		o.take(o.queue.pop(), maxFrame, into)
	}
	if o.queue.len() == 0 {
		o.arena = o.arena[:0]
	}
	return into.seal()
}

// take moves one publish into the batch, unless it has been given up or is too
// long for any frame.
func (o *Outbox) take(e entry, maxFrame int, into *Batch) {
	if e.withdrawn() {
		return
	}
	o.bytes -= len(e.encoded)
	if !e.ack || len(e.encoded) > maxFrame-wire.PublishOverhead {
		o.messages--
	}
	if e.ticket != nil {
		e.ticket.sent = true
	}
	switch {
	case len(e.encoded) > maxFrame-wire.PublishOverhead:
		into.refuse(e, maxFrame)
	case e.ack:
		into.buffer = append(into.buffer, e.encoded...)
		into.Acks = append(into.Acks, Ack{ID: e.id, Receipt: &e.ticket.Receipt})
	default:
		into.buffer = append(into.buffer, e.encoded...)
		into.Unacknowledged++
		if e.ticket != nil {
			into.Handed = append(into.Handed, &e.ticket.Receipt)
		}
	}
}

func (b *Batch) refuse(e entry, maxFrame int) {
	if e.ticket == nil {
		b.TooLarge++
		return
	}
	e.ticket.Complete(fault.Newf(fault.PayloadTooLarge,
		"the message takes %d bytes; a frame of this server may have %d", len(e.encoded), maxFrame))
}

// fits says whether a further publish belongs into this frame. What is too long
// for any frame belongs nowhere and does not end a frame.
func (b *Batch) fits(size, maxFrame int) bool {
	room := min(maxFrame, frameBytes) - wire.PublishOverhead
	return b.publishes() == 0 || b.size()+size <= room || size > maxFrame-wire.PublishOverhead
}

func (b *Batch) publishes() int { return len(b.Acks) + b.Unacknowledged }

func (b *Batch) size() int { return len(b.buffer) - wire.PublishOverhead }

// seal writes the frame's header in front of the messages, if there are any.
func (b *Batch) seal() bool {
	if b.publishes() == 0 {
		return b.TooLarge > 0
	}
	var header [wire.PublishOverhead]byte
	encoded := wire.AppendPublishHeader(header[:0], b.size())
	start := wire.PublishOverhead - len(encoded)
	copy(b.buffer[start:], encoded)
	b.Frame = b.buffer[start:]
	return true
}
