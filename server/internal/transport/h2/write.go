package h2

import (
	"sync"

	"golang.org/x/net/http2"
)

// chunkBytes is how much goes out in one write, without the frames' headers: what an
// outbox hands over at once, 60 KiB, with what stands before its messages.
const chunkBytes = 72 << 10

// chunks are buffers for one write each: a chunk in frames of the usual size, and
// some pending frames before it.
var chunks = sync.Pool{New: func() any {
	buffer := make([]byte, 0, chunkBytes+1<<10)
	return &buffer
}}

// Write sends parts that have size bytes in all. It waits until the
// peer's windows have room for it and the connection has taken it. It copies.
func (s *Stream) Write(parts [][]byte, size int) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	buffer := chunks.Get().(*[]byte)
	defer chunks.Put(buffer)
	rest := cursor{parts: parts}
	for size > 0 {
		n, maxFrame, err := s.acquire(min(size, chunkBytes))
		if err != nil {
			return err
		}
		size -= n
		out, err := s.beginChunk((*buffer)[:0], n)
		if err != nil {
			return err
		}
		out = s.appendData(out, &rest, n, maxFrame)
		// The stack is deepest here, see socket.Conn; so what writes is called last.
		_, err = s.conn.raw.Write(out)
		if cap(out) <= 2*chunkBytes {
			*buffer = out
		}
		if err = s.conn.endChunk(err); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stream) beginWrite() error {
	c := s.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case s.err != nil:
		return s.err
	case s.finished:
		return errFinished
	}
	s.writing = true
	if !s.opened {
		s.opened = true
		c.sent.Store(true)
		c.pending = appendHeaders(c.pending, s.id, false, c.config.Header)
	}
	return nil
}

func (s *Stream) endWrite() {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	s.writing = false
	if s.finished && !s.gone {
		s.conclude()
	}
}

// beginChunk waits for the turn to write n bytes, and appends what is pending.
func (s *Stream) beginChunk(out []byte, n int) ([]byte, error) {
	c := s.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.begin(); err != nil {
		return nil, err
	}
	if s.gone {
		c.window += int64(n)
		c.passOn()
		c.end(nil)
		return nil, s.err
	}
	out = append(out, c.pending...)
	c.pending = c.pending[:0]
	c.sent.Store(true)
	return out, nil
}

// appendData appends the next n bytes in frames.
func (s *Stream) appendData(out []byte, rest *cursor, n, maxFrame int) []byte {
	for n > 0 {
		length := min(n, maxFrame)
		out = appendFrameHeader(out, http2.FrameData, 0, s.id, length)
		out = rest.appendTo(out, length)
		n -= length
	}
	return out
}

// endChunk ends the turn of a write that failed, or did not.
func (c *Conn) endChunk(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end(err)
	return c.err
}

// cursor is what is left of the parts.
type cursor struct {
	parts  [][]byte
	offset int // in the first part
}

// appendTo appends the next n bytes, which there must be.
func (c *cursor) appendTo(dst []byte, n int) []byte {
	for n > 0 {
		part := c.parts[0][c.offset:]
		if len(part) > n {
			c.offset += n
			return append(dst, part[:n]...)
		}
		dst = append(dst, part...)
		n -= len(part)
		c.parts, c.offset = c.parts[1:], 0
	}
	return dst
}
