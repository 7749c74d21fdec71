package tokenstore

import "sync"

// Feed hands the changes of a store to its watchers. The zero Feed is ready. A
// store has one and publishes to it each change once it is durable and before the
// call that made it returns.
type Feed struct {
	mu       sync.Mutex
	watchers map[*Watcher]struct{}
	closed   bool
}

// Watch adds a watcher, which sees what is published from now on.
func (f *Feed) Watch() (*Watcher, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, ErrClosed
	}
	if f.watchers == nil {
		f.watchers = map[*Watcher]struct{}{}
	}
	w := newWatcher(f)
	f.watchers[w] = struct{}{}
	return w, nil
}

// Publish hands changes to every watcher. It never waits for one. The caller makes
// one call at a time, in the order of the changes.
func (f *Feed) Publish(changes ...Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.watchers {
		w.push(changes)
	}
}

// Close ends the watchers, once each has taken what is waiting for it.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for w := range f.watchers {
		w.end()
	}
	f.watchers = nil
}

func (f *Feed) remove(w *Watcher) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.watchers, w)
}
