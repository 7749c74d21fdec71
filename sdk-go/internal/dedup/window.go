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

// Window is the newest ids. While it is armed it can be asked whether it has
// one. It is for one goroutine.
type Window struct {
	ids    []wire.ID // a ring
	oldest int
	set    map[wire.ID]struct{} // nil: not armed
}

// Add remembers an id and, when the window is full, forgets the oldest.
func (w *Window) Add(id wire.ID) {
	if w.set != nil {
		w.set[id] = struct{}{}
	}
	if len(w.ids) < w.size() {
		w.ids = append(w.ids, id)
		return
	}
	if w.set != nil {
		delete(w.set, w.ids[w.oldest])
	}
	w.ids[w.oldest] = id
	if w.oldest++; w.oldest == len(w.ids) {
		w.oldest = 0
	}
}

// Contains says whether the id is remembered; always false while not armed.
func (w *Window) Contains(id wire.ID) bool {
	_, found := w.set[id]
	return found
}

// Armed says whether the window can be asked.
func (w *Window) Armed() bool { return w.set != nil }

// Arm makes it possible to ask, also for the ids that are remembered already.
func (w *Window) Arm() {
	if w.set != nil {
		return
	}
	w.unroll()
	w.set = make(map[wire.ID]struct{}, len(w.ids))
	for _, id := range w.ids {
		w.set[id] = struct{}{}
	}
}

// Disarm ends asking and forgets all but the newest ids.
func (w *Window) Disarm() {
	w.unroll()
	w.ids = append([]wire.ID(nil), w.ids[max(0, len(w.ids)-unarmedSize):]...)
	w.set = nil
}

func (w *Window) size() int {
	if w.set != nil {
		return armedSize
	}
	return unarmedSize
}

// unroll puts the oldest id first.
func (w *Window) unroll() {
	if w.oldest > 0 {
		w.ids = append(append(make([]wire.ID, 0, len(w.ids)), w.ids[w.oldest:]...), w.ids[:w.oldest]...)
		w.oldest = 0
	}
}
