package websocket

import (
	"net"
	"sync"
)

// bufferedConn gathers the pieces in which a WebSocket message is written, so
// that a message leaves in one write. Between hold and release writes go into a
// buffer; otherwise they go out at once.
type bufferedConn struct {
	net.Conn

	mu      sync.Mutex
	holding bool
	pending []byte
}

// pendingKept is up to how many bytes of buffer are kept for the next message.
const pendingKept = 256 << 10

// Write implements net.Conn.
func (c *bufferedConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.holding {
		return c.Conn.Write(b)
	}
	c.pending = append(c.pending, b...)
	return len(b), nil
}

// hold starts to gather.
func (c *bufferedConn) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holding = true
}

// release writes what has been gathered.
func (c *bufferedConn) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holding = false
	if len(c.pending) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.pending)
	c.pending = c.pending[:0]
	if cap(c.pending) > pendingKept {
		c.pending = nil
	}
	return err
}
