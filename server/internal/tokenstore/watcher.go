package tokenstore

import (
	"container/list"
	"context"
	"sync"
)

// exactChanges is how many changes wait for a watcher one by one. Room for a burst
// of administration; chosen by us.
const exactChanges = 4096

// Watcher yields the changes of a store, in their order. One goroutine at a time
// calls Next; any may call Close.
//
// A watcher never slows a writer down and never loses what became of a token. To
// one that is more than 4096 changes behind, several changes of one token arrive
// as one that has the last record: so what waits for it is bounded by the number
// of tokens, however slow it is.
type Watcher struct {
	feed *Feed

	mu      sync.Mutex
	waiting *list.List               // of Change
	last    map[string]*list.Element // the last waiting change of each token
	ended   bool

	news chan struct{} // holds one when there may be something new
}

func newWatcher(feed *Feed) *Watcher {
	return &Watcher{feed: feed, waiting: list.New(), last: map[string]*list.Element{}, news: make(chan struct{}, 1)}
}

// Next is the next change; it waits for one. The error is the context's, or
// ErrClosed once the watcher or its store has been closed.
func (w *Watcher) Next(ctx context.Context) (Change, error) {
	for {
		change, ok, ended := w.take()
		if ok {
			return change, nil
		}
		if ended {
			return Change{}, ErrClosed
		}
		select {
		case <-w.news:
		case <-ctx.Done():
			return Change{}, ctx.Err()
		}
	}
}

// Close ends the watcher; what is waiting for it is dropped.
func (w *Watcher) Close() {
	w.feed.remove(w)
	w.mu.Lock()
	w.waiting.Init()
	clear(w.last)
	w.mu.Unlock()
	w.end()
}

func (w *Watcher) take() (change Change, ok, ended bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	front := w.waiting.Front()
	if front == nil {
		return Change{}, false, w.ended
	}
	change = w.waiting.Remove(front).(Change)
	if w.last[change.Record.ID] == front {
		delete(w.last, change.Record.ID)
	}
	return change, true, false
}

func (w *Watcher) push(changes []Change) {
	w.mu.Lock()
	for _, change := range changes {
		w.add(change)
	}
	w.mu.Unlock()
	w.wake()
}

// add queues a change, or joins it with the token's last one when too much waits.
func (w *Watcher) add(change Change) {
	if w.ended {
		return
	}
	id := change.Record.ID
	if before, ok := w.last[id]; ok && w.waiting.Len() >= exactChanges {
		before.Value = before.Value.(Change).then(change)
		return
	}
	w.last[id] = w.waiting.PushBack(change)
}

func (w *Watcher) end() {
	w.mu.Lock()
	w.ended = true
	w.mu.Unlock()
	w.wake()
}

func (w *Watcher) wake() {
	select {
	case w.news <- struct{}{}:
	default:
	}
}
