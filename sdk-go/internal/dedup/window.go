// Package dedup remembers the ids of messages that have been delivered, so that
// a message which comes over two connections is delivered once (SDK-9).
package dedup

import "github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"

// How many ids are remembered. An unarmed window costs 64 KiB and a copy of 16
// bytes for each message; it is there so that a window that is armed after a
// connection broke already knows what came just before. An armed window grows as
// far as half a second at 500,000 messages a second needs: 4 MiB and a set.
const (
	unarmedSize = 1 << 12
	armedSize   = 1 << 18
)

// Window is the newest ids, each with a mark: what is known of its delivery.
// While it is armed it can be asked. It is for one goroutine.
type Window[M any] struct {
	ids    []wire.ID // a ring
	marks  []M       // of the ids
	oldest int
	at     map[wire.ID]int // positions in the ring; nil: not armed
}

// Put remembers an id with its mark, or changes the mark of one that can be asked
// for. When the window is full it forgets the oldest.
func (w *Window[M]) Put(id wire.ID, mark M) {
	if at, found := w.at[id]; found {
		w.marks[at] = mark
		return
	}
	at := len(w.ids)
	if at < w.size() {
		w.ids, w.marks = append(w.ids, id), append(w.marks, mark)
	} else {
		at = w.oldest
		delete(w.at, w.ids[at])
		w.ids[at], w.marks[at] = id, mark
		if w.oldest++; w.oldest == len(w.ids) {
			w.oldest = 0
		}
	}
	if w.at != nil {
		w.at[id] = at
	}
}

// Get is the mark of an id, and whether it is remembered; never while the window
// is not armed.
func (w *Window[M]) Get(id wire.ID) (mark M, found bool) {
	at, found := w.at[id]
	if found {
		mark = w.marks[at]
	}
	return mark, found
}

// Armed says whether the window can be asked.
func (w *Window[M]) Armed() bool { return w.at != nil }

// Arm makes it possible to ask, also for the ids that are remembered already.
func (w *Window[M]) Arm() {
	if w.at != nil {
		return
	}
	w.keep(len(w.ids))
	w.at = make(map[wire.ID]int, len(w.ids))
	for at, id := range w.ids {
		w.at[id] = at
	}
}

// Disarm ends asking and forgets all but the newest ids.
func (w *Window[M]) Disarm() {
	w.keep(unarmedSize)
	w.at = nil
}

func (w *Window[M]) size() int {
	if w.at != nil {
		return armedSize
	}
	return unarmedSize
}

// keep keeps the newest n, the oldest of them first.
func (w *Window[M]) keep(n int) {
	w.ids = newest(w.ids, w.oldest, n)
	w.marks = newest(w.marks, w.oldest, n)
	w.oldest = 0
}

// newest is a copy of the last n of a ring.
func newest[T any](ring []T, oldest, n int) []T {
	straight := append(append(make([]T, 0, len(ring)), ring[oldest:]...), ring[:oldest]...)
	return append([]T(nil), straight[max(0, len(straight)-n):]...)
}
