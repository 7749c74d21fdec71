package h2

import (
	"slices"

	"golang.org/x/net/http2"
)

// receive takes bytes off the peer's window of the connection, and gives them back
// once half of it is used: how far a stream is read does not matter to others.
func (c *Conn) receive(length uint32) error {
	c.received += length
	if c.received > c.config.ConnectionWindow {
		return http2.ConnectionError(http2.ErrCodeFlowControl)
	}
	if c.received >= c.config.ConnectionWindow/2 {
		c.pending = appendWindowUpdate(c.pending, 0, c.received)
		c.received = 0
	}
	return nil
}

func (c *Conn) takeWindow(id uint32, increment int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id > c.lastID {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	if id == 0 {
		if c.window += increment; c.window > maxWindow {
			return http2.ConnectionError(http2.ErrCodeFlowControl)
		}
		c.passOn()
		return nil
	}
	s := c.streams[id]
	if s == nil {
		return nil
	}
	if s.window += increment; s.window > maxWindow {
		return http2.StreamError{StreamID: id, Code: http2.ErrCodeFlowControl}
	}
	s.room.Signal()
	return nil
}

// resize changes the window of all streams, which may become negative.
func (c *Conn) resize(initial int64) error {
	delta := initial - c.peerInitial
	c.peerInitial = initial
	for _, s := range c.streams {
		if s.window += delta; s.window > maxWindow {
			return http2.ConnectionError(http2.ErrCodeFlowControl)
		}
		s.room.Signal()
	}
	return nil
}

// acquire waits until some of the wanted bytes may be sent, and takes as many as
// may be off both windows. Streams that wait for the window of the connection get
// it in turn. maxFrame is the most for one frame.
func (s *Stream) acquire(want int) (n, maxFrame int, err error) {
	c := s.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if s.gone || s.err != nil && !s.finished {
			c.unblock(s)
			return 0, 0, s.err
		}
		if n := min(int64(want), s.window, c.window); n > 0 && c.isNext(s) {
			s.window -= n
			c.window -= n
			c.unblock(s)
			return int(n), c.maxFrame, nil
		}
		if s.window > 0 && !s.blocked {
			s.blocked = true
			c.blocked = append(c.blocked, s)
		}
		if len(c.pending) > 0 && !c.writing {
			c.flush() // the header of the answer does not wait for room
			continue
		}
		s.room.Wait()
		if s.window <= 0 {
			c.unblock(s)
		}
	}
}

// unblock takes s out of the streams that wait, and wakes the next.
func (c *Conn) unblock(s *Stream) {
	if s.blocked {
		s.blocked = false
		at := slices.Index(c.blocked, s)
		c.blocked = slices.Delete(c.blocked, at, at+1)
	}
	c.passOn()
}

// isNext says whether no other stream has waited longer than s.
func (c *Conn) isNext(s *Stream) bool { return len(c.blocked) == 0 || c.blocked[0] == s }

func (c *Conn) passOn() {
	if c.window > 0 && len(c.blocked) > 0 {
		c.blocked[0].room.Signal()
	}
}
