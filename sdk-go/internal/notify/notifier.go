// Package notify calls the application's handlers, one after the other and in
// order, without letting them hold up the connection.
package notify

import "sync"

// pendingLimit is how many calls may wait for a handler that takes its time.
const pendingLimit = 1024

// Notifier runs calls on a goroutine that exists only while there is something
// to run. The zero value is ready.
type Notifier struct {
	mu      sync.Mutex
	pending []func()
	running bool
}

// Call runs f soon, after everything that was given before. When very many calls
// are waiting it is dropped, and Call is false.
func (n *Notifier) Call(f func()) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.pending) >= pendingLimit {
		return false
	}
	n.pending = append(n.pending, f)
	if !n.running {
		n.running = true
		go n.run()
	}
	return true
}

func (n *Notifier) run() {
	for {
		n.mu.Lock()
		calls := n.pending
		n.pending = nil
		if len(calls) == 0 {
			n.running = false
			n.mu.Unlock()
			return
		}
		n.mu.Unlock()
		for _, call := range calls {
			call()
		}
	}
}
