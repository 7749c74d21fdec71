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

// queue is a first-in, first-out list of frames. Its zero value is empty.
type queue struct {
	frames []*Frame // frames[head:] are queued
	head   int
	pooled *[]*Frame // where frames came from, if from storages
}

func (q *queue) len() int { return len(q.frames) - q.head }

func (q *queue) push(f *Frame) {
	if len(q.frames) == cap(q.frames) {
		q.makeRoom()
	}
	q.frames = append(q.frames, f)
}

// makeRoom moves the frames to the front when half of the storage lies idle
// there; otherwise append doubles the storage. Either is constant per push, on
// average.
func (q *queue) makeRoom() {
	switch {
	case q.head > 0 && q.head >= cap(q.frames)/2:
		n := copy(q.frames, q.frames[q.head:])
		clear(q.frames[n:])
		q.frames, q.head = q.frames[:n], 0
	case cap(q.frames) == keepCapacity && q.pooled == nil:
		q.pooled = storages.Get().(*[]*Frame)
		q.frames = append((*q.pooled)[:0], q.frames[q.head:]...)
		q.head = 0
	}
}

// fill moves frames from the front to b until b is full.
func (q *queue) fill(b *batch) {
	for q.head < len(q.frames) && b.fits(q.frames[q.head]) {
		b.add(q.frames[q.head])
		q.frames[q.head] = nil
		q.head++
	}
	if q.head == len(q.frames) {
		q.frames, q.head = q.frames[:0], 0
	}
}

// removeFirstDelivery removes the oldest frame that is no control frame; nil:
// there is none.
func (q *queue) removeFirstDelivery() *Frame {
	for i := q.head; i < len(q.frames); i++ {
		if f := q.frames[i]; f.Messages > 0 {
			copy(q.frames[q.head+1:i+1], q.frames[q.head:i])
			q.frames[q.head] = nil
			q.head++
			return f
		}
	}
	return nil
}

// clear forgets all frames and says what they held.
func (q *queue) clear() (bytes, messages int) {
	for _, f := range q.frames[q.head:] {
		bytes += len(f.Data)
		messages += f.Messages
	}
	clear(q.frames)
	q.frames, q.head = q.frames[:0], 0
	q.release()
	return bytes, messages
}

// release gives large storage back. The queue must be empty.
func (q *queue) release() {
	if cap(q.frames) <= keepCapacity {
		return
	}
	if q.pooled != nil && cap(q.frames) == cap(*q.pooled) {
		storages.Put(q.pooled)
	}
	q.frames, q.head, q.pooled = nil, 0, nil
}
