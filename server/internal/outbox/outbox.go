// Package outbox is one connection's bounded outgoing queue: frames that many
// connections share go in, and come out in as few writes as possible.
//
// A push never blocks and never writes. The first push into an idle outbox
// starts a goroutine that writes until the queue is empty and then ends, so an
// idle connection has no writer, and everything that arrives while a write is
// in progress goes out in the next one.
package outbox

import (
	"errors"
	"sync"
)

// Policy says what a full outbox does.
type Policy uint8

// The policies (DL-8).
const (
	// Disconnect fails the outbox with ErrOverflow.
	Disconnect Policy = iota
	// DropOldest drops the oldest deliveries and counts them.
	DropOldest
)

// ErrOverflow is why an outbox failed whose queue was full.
var ErrOverflow = errors.New("the outgoing queue is full")

// Options are what all outboxes of a server share.
type Options struct {
	// MaxBytes and MaxMessages bound the queue, with what is being written. A
	// control frame counts with what keeping it costs beside its bytes, about 100:
	// nobody shares it. An empty queue takes any one frame.
	MaxBytes, MaxMessages int
	// Policy says what happens at the bound.
	Policy Policy
	// OnWrite, if set, is told after each write how many deliveries and bytes it
	// had, and when the oldest of them was published (Unix nanoseconds; 0: no
	// delivery). Any goroutine calls it.
	OnWrite func(messages, bytes int, oldest int64)
}

// Owner is whose outbox it is.
type Owner interface {
	// LostFrame makes the control frame that tells the client how many messages
	// were dropped; nil: it is not told. Called with the outbox locked: it must
	// not use it.
	LostFrame(messages uint64) *Frame
	// OutboxFailed says that nothing more will be written: ErrOverflow, or the
	// writer's error. Called at most once, with no lock held, by the goroutine
	// that pushed or wrote: it must not block.
	OutboxFailed(err error)
}

// Outbox is one connection's outgoing queue. Any goroutine may push.
type Outbox struct {
	options *Options
	writer  Writer
	owner   Owner
	run     func() // o.write, made once: starting it allocates nothing

	mu       sync.Mutex
	queue    queue
	cost     int    // of frames queued and in flight, in bytes
	messages int    // deliveries queued and in flight
	lost     uint64 // dropped, not yet told
	writing  bool   // a goroutine runs write
	closed   bool   // takes no more frames
	failed   bool
	done     chan struct{} // made by Close; closed when nothing is left to write
}

// New makes an empty outbox.
func New(options *Options, writer Writer, owner Owner) *Outbox {
	o := &Outbox{options: options, writer: writer, owner: owner}
	o.run = o.write
	return o
}

// Push queues a frame and says whether the outbox took it: false means that the
// connection is ending. At the bound the policy applies.
func (o *Outbox) Push(f *Frame) bool {
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		return false
	}
	overflow := o.add(f)
	return o.settle(overflow)
}

// TryPush queues a frame if there is room for it without dropping anything, and
// says whether it did.
func (o *Outbox) TryPush(f *Frame) bool {
	o.mu.Lock()
	if o.closed || o.full(f) {
		o.mu.Unlock()
		return false
	}
	return o.settle(o.add(f))
}

// PushRun queues the deliveries of a run as Push does, in order, under one lock.
func (o *Outbox) PushRun(r *Run) bool {
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		return false
	}
	frames := r.joined
	if o.exceeds(r.bytes, len(r.frames)) {
		frames = r.frames // there is not room for all of it: each delivery counts by itself
	}
	overflow := false
	for _, f := range frames {
		if overflow = o.add(f); overflow {
			break
		}
	}
	return o.settle(overflow)
}

// settle ends a push: it starts the writer, or fails the outbox. It unlocks.
func (o *Outbox) settle(overflow bool) bool {
	if overflow {
		o.fail()
		o.mu.Unlock()
		o.owner.OutboxFailed(ErrOverflow)
		return false
	}
	start := !o.writing
	o.writing = true
	o.mu.Unlock()
	if start {
		go o.run()
	}
	return true
}

// add queues f, dropping older deliveries if that is the policy, or f itself
// when all that is older is being written. True: there is no room.
func (o *Outbox) add(f *Frame) (overflow bool) {
	for o.full(f) {
		switch {
		case o.options.Policy == DropOldest && o.dropOldest():
		case o.options.Policy == DropOldest && f.Messages > 0:
			o.lost += uint64(f.Messages)
			return false
		default:
			return true
		}
	}
	o.queue.push(f)
	o.cost += costOf(f)
	o.messages += f.Messages
	return false
}

func (o *Outbox) full(f *Frame) bool {
	return o.cost > 0 && o.exceeds(costOf(f), f.Messages)
}

// exceeds says whether so much more is beyond the bound.
func (o *Outbox) exceeds(cost, messages int) bool {
	return o.cost+cost > o.options.MaxBytes || o.messages+messages > o.options.MaxMessages
}

// controlOverhead is what a control frame takes beside its bytes: the frame, the
// slice's own block, and its place in the queue, rounded up.
const controlOverhead = 96

// costOf is what counts of a frame.
func costOf(f *Frame) int {
	if f.Messages == 0 {
		return len(f.Data) + controlOverhead
	}
	return len(f.Data)
}

func (o *Outbox) dropOldest() bool {
	f := o.queue.removeFirstDelivery()
	if f == nil {
		return false
	}
	o.cost -= costOf(f)
	o.messages -= f.Messages
	o.lost += uint64(f.Messages) //nolint:gosec // never negative
	return true
}

// fail forgets what is queued and takes nothing more, but for the last frames
// of Close.
func (o *Outbox) fail() {
	o.closed, o.failed = true, true
	o.discard()
}

func (o *Outbox) discard() {
	cost, messages := o.queue.clear()
	o.cost -= cost
	o.messages -= messages
	o.lost = 0
}

// Close takes no more frames after last, which are written behind what is
// queued, however full the queue is; with discard, what is queued is forgotten
// first. The channel is closed once nothing is left to write or a write has
// failed. A second call returns the same channel and does nothing else.
func (o *Outbox) Close(discard bool, last ...*Frame) <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done != nil {
		return o.done
	}
	o.done = make(chan struct{})
	if discard {
		o.discard()
	}
	o.closed = true
	for _, f := range last {
		o.queue.push(f)
		o.cost += costOf(f)
	}
	switch {
	case o.writing:
	case o.queue.len() == 0:
		close(o.done)
	default:
		o.writing = true
		go o.run()
	}
	return o.done
}

// Pending is how many bytes, counted as for MaxBytes, and deliveries are queued or
// being written.
func (o *Outbox) Pending() (bytes, messages int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.cost, o.messages
}

// write writes until the queue is empty.
func (o *Outbox) write() {
	b := batches.Get().(*batch)
	defer batches.Put(b)
	for o.take(b) {
		err := o.writer.WriteFrames(b.frames())
		o.wrote(b, err)
		if err != nil {
			o.writeFailed(err)
			return
		}
	}
}

// take fills b. False: there is nothing, and the writer has ended.
func (o *Outbox) take(b *batch) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.lost > 0 {
		if f := o.owner.LostFrame(o.lost); f != nil {
			b.add(f)
			o.cost += costOf(f)
		}
		o.lost = 0
	}
	o.queue.fill(b)
	if b.n > 0 {
		return true
	}
	o.end()
	return false
}

// end is the end of the writer goroutine.
func (o *Outbox) end() {
	o.writing = false
	o.queue.release()
	if o.done != nil {
		close(o.done)
	}
}

func (o *Outbox) wrote(b *batch, err error) {
	bytes, cost, messages, oldest := b.bytes, b.cost, b.messages, b.oldest
	b.reset()
	o.mu.Lock()
	o.cost -= cost
	o.messages -= messages
	o.mu.Unlock()
	if err == nil && o.options.OnWrite != nil {
		o.options.OnWrite(messages, bytes, oldest)
	}
}

func (o *Outbox) writeFailed(err error) {
	o.mu.Lock()
	first := !o.failed
	o.fail()
	o.end()
	o.mu.Unlock()
	if first {
		o.owner.OutboxFailed(err)
	}
}
