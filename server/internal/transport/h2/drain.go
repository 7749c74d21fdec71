package h2

import (
	"time"

	"golang.org/x/net/http2"
)

// drainPing is the ping behind the first good-bye: its answer shows that every call
// that was made before it has arrived.
var drainPing = [pingBytes]byte{'d', 'r', 'a', 'i', 'n'}

// Drain asks the peer to make new calls elsewhere, and closes the connection after
// the last of its calls. It does not wait.
func (c *Conn) Drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drain()
}

func (c *Conn) drain() {
	if c.draining || c.err != nil {
		return
	}
	c.draining = true
	c.pending = appendGoAway(c.pending, maxWindow, http2.ErrCodeNo)
	c.pending = appendFrame(c.pending, http2.FramePing, 0, 0, drainPing[:])
	c.keeper.last = time.AfterFunc(drainWait, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.refuse()
	})
	c.flush()
}

// refuse tells the peer which call is the last that is served.
func (c *Conn) refuse() {
	if c.refusing || c.err != nil {
		return
	}
	c.refusing, c.servedID = true, c.lastID
	c.keeper.last.Stop()
	c.pending = appendGoAway(c.pending, c.servedID, http2.ErrCodeNo)
	c.flush()
}

// closeIfDone closes a connection that is drained. The peer has some time to do it
// itself: there are clients that throw away what they have received and not read
// when the connection ends behind the last byte of a call.
func (c *Conn) closeIfDone() {
	if !c.refusing || len(c.streams) > 0 || len(c.pending) > 0 || c.writing || c.closing || c.err != nil {
		return
	}
	c.closing = true
	c.keeper.last = time.AfterFunc(peerCloses, c.sayNoMore)
}

// sayNoMore ends what is sent, but not amid a write: over TLS that would wait for it,
// while the connection is locked.
func (c *Conn) sayNoMore() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.err != nil:
	case c.writing:
		c.keeper.last.Reset(peerCloses)
	default:
		c.halfClose()
	}
}

// halfClose says that nothing more will be sent: for a moment the connection still
// listens, because closing it while something arrives would take back what was sent.
func (c *Conn) halfClose() {
	if half, ok := c.raw.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_ = c.raw.SetReadDeadline(time.Now().Add(closeWait))
		return
	}
	c.failLocked(errFinished)
}
