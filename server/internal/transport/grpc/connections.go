package grpc

import (
	"net"
	"sync"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
)

const (
	// maxOpenCalls is how many calls that need no token (health, reflection) may be
	// in progress at a time on a connection that has shown none.
	maxOpenCalls = 16
	// lastAnswers is how long a connection may take, at the server's end, to carry
	// the answers of calls that have just ended.
	lastAnswers = time.Second
)

// connections are all connections of the port, from the moment they are accepted.
// One on which no caller is admitted in time is closed. Any goroutine may use them.
type connections struct {
	timeout time.Duration

	mu       sync.Mutex
	live     map[*connection]struct{}
	draining bool
	none     chan struct{} // closed once nothing is live; nil: nobody waits
}

// connection is one of them. Its fields belong to the lock of connections.
type connection struct {
	raw      net.Conn
	conn     *h2.Conn    // nil: hands are being shaken
	timer    *time.Timer // closes it; stopped once a caller has been admitted
	admitted bool
	heard    bool      // a call has been made that needs no token
	open     int       // calls in progress that need no token
	calls    int       // calls in progress whose caller was admitted
	idle     time.Time // since when there are none
}

func newConnections(timeout time.Duration) *connections {
	return &connections{timeout: timeout, live: map[*connection]struct{}{}}
}

// add is a new connection; nil: it came too late, and is closed.
func (c *connections) add(raw net.Conn) *connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.draining {
		_ = raw.Close()
		return nil
	}
	n := &connection{raw: raw, idle: time.Now()}
	n.timer = time.AfterFunc(c.timeout, func() { c.expire(n) })
	c.live[n] = struct{}{}
	return n
}

// begin says that hands have been shaken, and whether the connection is to be served.
func (c *connections) begin(n *connection, conn *h2.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	n.conn = conn
	return !c.draining
}

// remove forgets a connection that is over, and closes it.
func (c *connections) remove(n *connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.close(n)
	delete(c.live, n)
	if c.none != nil && len(c.live) == 0 {
		close(c.none)
		c.none = nil
	}
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

// drain asks all clients to make new calls elsewhere, and closes the connections
// that no call was served on.
func (c *connections) drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draining = true
	for n := range c.live {
		if n.conn == nil || !n.admitted && !n.heard {
			c.close(n)
		} else {
			go n.conn.Drain() // it writes
		}
	}
}

// closeIdle closes the connections that have no call in progress; those with answers
// that may be on their way have a little time.
func (c *connections) closeIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n := range c.live {
		if !n.admitted || n.calls == 0 && time.Since(n.idle) >= lastAnswers {
			c.close(n)
		}
	}
}

func (c *connections) closeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n := range c.live {
		c.close(n)
	}
}

// gone is closed once there is no connection.
func (c *connections) gone() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	gone := c.none
	if gone == nil {
		gone = make(chan struct{})
		c.none = gone
	}
	if len(c.live) == 0 {
		close(gone)
		c.none = nil
	}
	return gone
}
