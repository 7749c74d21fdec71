package outbox

import "sync"

// keepCapacity is the largest storage that an empty queue keeps: an idle
// connection costs little memory.
const keepCapacity = 16

// storages are larger storages, for queues that fill again soon.
var storages = sync.Pool{New: func() any {
	frames := make([]*Frame, 0, 64*keepCapacity)
	return &frames
}}

// queue is a first-in, first-out list of frames from which deliveries can be
// dropped. Every operation is constant, on average, whatever is queued. Its zero
// value is empty.
type queue struct {
	// frames[head:] are queued; nil is a hole, where a frame was dropped.
	frames      []*Frame
	head, holes int
	scanned     int       // before it is no delivery
	trimmed     *Frame    // the front of a joined frame is gone; only this queue has it
	pooled      *[]*Frame // where frames came from, if from storages
}

func (q *queue) len() int { return len(q.frames) - q.head - q.holes }

func (q *queue) push(f *Frame) {
	if len(q.frames) == cap(q.frames) {
		q.makeRoom()
	}
	q.frames = append(q.frames, f)
}

// makeRoom moves the frames together when half of the storage lies idle;
// otherwise append doubles the storage. Either is constant per push, on average.
func (q *queue) makeRoom() {
	idle := q.head + q.holes
	switch {
	case idle > 0 && idle >= cap(q.frames)/2:
		q.frames = q.moveTo(q.frames[:0])
	case cap(q.frames) == keepCapacity && q.pooled == nil:
		q.pooled = storages.Get().(*[]*Frame)
		q.frames = q.moveTo((*q.pooled)[:0])
	}
}

// moveTo appends what is queued to the storage, which may be the front of the
// queue's own, and makes it the queue's.
func (q *queue) moveTo(storage []*Frame) []*Frame {
	old := q.frames
	for _, f := range old[q.head:] {
		if f != nil {
			storage = append(storage, f)
		}
	}
	clear(old[min(len(storage), len(old)):])
	q.head, q.holes, q.scanned = 0, 0, 0
	return storage
}

// fill moves frames from the front to b until b is full.
func (q *queue) fill(b *batch) {
	for q.head < len(q.frames) {
		f := q.frames[q.head]
		switch {
		case f == nil:
			q.holes--
		case b.fits(f):
			b.add(f)
			q.frames[q.head] = nil
			if f == q.trimmed {
				q.trimmed = nil
			}
		default:
			return
		}
		q.head++
	}
	q.frames, q.head, q.scanned = q.frames[:0], 0, 0
}

// removeFirstDelivery removes the oldest delivery, also from a joined frame; nil:
// there is none.
func (q *queue) removeFirstDelivery() *Frame {
	for i := max(q.head, q.scanned); i < len(q.frames); i++ {
		q.scanned = i
		f := q.frames[i]
		switch {
		case f == nil || f.Messages == 0:
		case f.joint != nil:
			return q.trim(i)
		default:
			q.frames[i] = nil
			q.holes++
			q.scanned++
			return f
		}
	}
	q.scanned = len(q.frames)
	return nil
}

// trim removes the first delivery of a joined frame.
func (q *queue) trim(i int) *Frame {
	f := q.frames[i]
	first := f.joint.parts[0]
	switch {
	case len(f.joint.parts) == 2:
		q.frames[i], q.trimmed = f.joint.parts[1], nil
	case f == q.trimmed:
		f.dropFirst()
	default:
		q.trimmed = f.withoutFirst()
		q.frames[i] = q.trimmed
	}
	return first
}

// clear forgets all frames and says what they held.
func (q *queue) clear() (cost, messages int) {
	for _, f := range q.frames[q.head:] {
		if f != nil {
			cost += costOf(f)
			messages += f.Messages
		}
	}
	clear(q.frames)
	q.frames, q.head, q.holes, q.scanned, q.trimmed = q.frames[:0], 0, 0, 0, nil
	q.release()
	return cost, messages
}

// release gives large storage back. The queue must be empty.
func (q *queue) release() {
	if cap(q.frames) <= keepCapacity {
		return
	}
	if q.pooled != nil && cap(q.frames) == cap(*q.pooled) {
		storages.Put(q.pooled)
	}
	q.frames, q.pooled = nil, nil
}
