package grpc

import (
	"context"
	"net"
	"sync"
	"syscall"
	"time"

	"google.golang.org/grpc/peer"
)

const (
	// maxOpenCalls is how many calls that need no token (health, reflection) may be
	// in progress at a time on a connection that has shown none.
	maxOpenCalls = 16
	// lastAnswers is how long a connection may take, at the server's end, to carry
	// the answers of calls that have just ended.
	lastAnswers = time.Second
	// leastPrune is the least number of connections to look for closed ones among.
	leastPrune = 256
)

// connections are all connections of the port, from the moment they are accepted.
// One on which no caller is admitted in time is closed. Any goroutine may use them.
type connections struct {
	timeout time.Duration

	mu      sync.Mutex
	live    map[net.Conn]*connection // may hold closed ones
	pruneAt int                      // how many to have before closed ones are looked for
	closed  bool
}

// connection is one of them. Its fields belong to the lock of connections.
type connection struct {
	raw      net.Conn
	timer    *time.Timer // closes it; stopped once a caller has been admitted
	admitted bool
	heard    bool      // a call has been made that needs no token
	open     int       // calls in progress that need no token
	calls    int       // calls in progress whose caller was admitted
	idle     time.Time // since when there are none
}

func newConnections(timeout time.Duration) *connections {
	return &connections{timeout: timeout, live: map[net.Conn]*connection{}, pruneAt: leastPrune}
}

// trackedListener is a listener whose connections are known. They stay what they
// are: grpc-go reads TCP connections in a way that holds no memory while idle.
type trackedListener struct {
	net.Listener
	connections *connections
}

// Accept implements net.Listener.
func (l *trackedListener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err == nil {
		l.connections.add(raw)
	}
	return raw, err
}

func (c *connections) add(raw net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		_ = raw.Close()
		return
	}
	if len(c.live) >= c.pruneAt {
		c.prune()
	}
	n := &connection{raw: raw, idle: time.Now()}
	n.timer = time.AfterFunc(c.timeout, func() { c.expire(n) })
	c.live[raw] = n
}

// prune forgets those that are closed. Its cost is spread over as many additions.
func (c *connections) prune() {
	for raw, n := range c.live {
		if isClosed(raw) {
			n.timer.Stop()
			delete(c.live, raw)
		}
	}
	c.pruneAt = max(leastPrune, 2*len(c.live))
}

func isClosed(raw net.Conn) bool {
	system, ok := raw.(syscall.Conn)
	if !ok {
		return false
	}
	control, err := system.SyscallConn()
	return err != nil || control.Control(func(uintptr) {}) != nil
}

func (c *connections) expire(n *connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !n.admitted {
		c.close(n)
	}
}

func (c *connections) close(n *connection) {
	n.timer.Stop()
	_ = n.raw.Close()
	delete(c.live, n.raw)
}

// of is the connection that was accepted as raw; nil: it has been closed.
func (c *connections) of(raw net.Conn) *connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.live[raw]
}

// admit says that a call whose caller was admitted begins, and gives what to call
// at its end. The connection stays.
func (c *connections) admit(n *connection) (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n.admitted = true
	n.timer.Stop()
	n.calls++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if n.calls--; n.calls == 0 {
			n.idle = time.Now()
		}
	}
}

// enter says that a call begins that needs no token, and gives what to call at its
// end; not ok: there are too many of them. The connection stays as an idle one does.
func (c *connections) enter(n *connection) (end func(), ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !n.admitted {
		if n.open >= maxOpenCalls {
			return nil, false
		}
		n.timer.Reset(maxIdle)
	}
	n.heard = true
	n.open++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		n.open--
	}, true
}

// closeSilent closes the connections that no call was served on. grpc-go asks no
// client to move while the handshake of any is in progress.
func (c *connections) closeSilent() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.live {
		if !n.admitted && !n.heard {
			c.close(n)
		}
	}
}

// closeIdle closes the connections that have no call in progress, and soon every
// new one; those with answers that may be on their way have a little time.
func (c *connections) closeIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, n := range c.live {
		if !n.admitted || n.calls == 0 && time.Since(n.idle) >= lastAnswers {
			c.close(n)
		}
	}
}

// forget ends all timers; there are no connections any more.
func (c *connections) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.live {
		n.timer.Stop()
	}
	clear(c.live)
}

// connectionOf is the connection of a call; nil: there is none.
func connectionOf(ctx context.Context) *connection {
	if p, ok := peer.FromContext(ctx); ok {
		if info, ok := p.AuthInfo.(trackedInfo); ok {
			return info.connection
		}
	}
	return nil
}
