package h2

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"golang.org/x/net/http2"
)

var (
	errReset    = errors.New("the peer has reset the stream")
	errFinished = errors.New("the stream has been finished")
)

// ErrParked is what NextOrPark says when it would have to wait.
var ErrParked = errors.New("nothing has arrived; the stream is parked")

// Stream is one call. Next is called by one goroutine at a time, and so is Write;
// everything else by any. Its context, see Context, ends with it.
type Stream struct {
	conn    *Conn
	id      uint32
	request *Request

	// The rest belongs to the connection's lock, but for what taken holds.
	err        error // why Next and Write fail
	gone       bool  // the connection does not know the stream any more
	done       chan struct{}
	isDone     bool
	timer      *time.Timer // ends a stream that has a deadline, or lingers
	halfClosed bool        // the peer will send no more
	handlers   int         // goroutines that have not returned
	abandoned  bool        // it counts as such for the connection

	arrived  sync.Cond // there is something for Next
	resume   func()    // of NextOrPark; nil: the stream is not parked
	in       *[]byte   // what has arrived; nil: nothing
	taken    *[]byte   // what Next has returned
	received uint32    // of the peer's window, not yet given back

	room     sync.Cond // there may be room in a window
	window   int64     // what may be sent
	blocked  bool      // in conn.blocked
	opened   bool      // the header of the answer has been sent
	writing  bool      // a Write is in progress
	finished bool
	trailers []byte // of Finish, not sent while a Write is in progress
}

func newStream(c *Conn, f *http2.MetaHeadersFrame) *Stream {
	s := &Stream{
		conn: c, id: f.StreamID, request: &Request{Fields: f.Fields, Truncated: f.Truncated},
		done: make(chan struct{}), window: c.peerInitial, halfClosed: f.StreamEnded(),
	}
	s.arrived.L, s.room.L = &c.mu, &c.mu
	return s
}

// Request is what began the stream. Only the first call returns it: afterwards the
// stream holds it no more.
func (s *Stream) Request() *Request {
	r := s.request
	s.request = nil
	return r
}

// SetDeadline ends what is in progress, in that time: Next, Write and the context
// then say so. Finish can still be called.
func (s *Stream) SetDeadline(in time.Duration) {
	c := s.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.gone {
		return
	}
	s.timer = time.AfterFunc(in, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		s.stop(context.DeadlineExceeded)
	})
}

func (s *Stream) takeTrailers(ends bool) error {
	switch {
	case !ends:
		return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeProtocol}
	case s.halfClosed:
		return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeStreamClosed}
	}
	s.halfClosed = true
	s.wake()
	return nil
}

func (s *Stream) takeData(data []byte, length uint32, ends bool) error {
	if s.halfClosed {
		return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeStreamClosed}
	}
	s.received += length
	if s.received > s.conn.config.StreamWindow {
		return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeFlowControl}
	}
	if len(data) > 0 && s.in == nil {
		s.in = inputs.Get().(*[]byte)
	}
	if len(data) > 0 {
		*s.in = append(*s.in, data...)
	}
	s.halfClosed = ends
	s.wake()
	return nil
}

// inputs are buffers of streams. A window that a peer uses up makes one larger than
// what is kept.
var inputs = sync.Pool{New: func() any {
	buffer := make([]byte, 0, 1<<10)
	return &buffer
}}

const keepInput = 64 << 10

func putInput(buffer *[]byte) {
	if buffer != nil && cap(*buffer) <= keepInput {
		*buffer = (*buffer)[:0]
		inputs.Put(buffer)
	}
}

// wake says that there is something for Next.
func (s *Stream) wake() {
	if resume := s.resume; resume != nil {
		s.resume = nil
		s.run(resume)
		return
	}
	s.arrived.Signal()
}

// Next waits for what the peer sends next, and returns all that has arrived, which
// is borrowed until the next call. io.EOF: the peer will send no more.
func (s *Stream) Next() ([]byte, error) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	s.release()
	for s.mustWait() {
		s.arrived.Wait()
	}
	return s.take()
}

// NextOrPark is Next for a handler that need not wait: when there is nothing to
// return, the error is ErrParked, and resume will be called once there is, in a
// goroutine of its own, which goes on as the handler. That may be at once. Until then
// the handler may return, and a stream on which nothing happens has no goroutine.
func (s *Stream) NextOrPark(resume func()) ([]byte, error) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	s.release()
	if s.mustWait() {
		s.resume = resume
		return nil, ErrParked
	}
	return s.take()
}

func (s *Stream) mustWait() bool {
	return s.in == nil && s.err == nil && !s.finished && !s.halfClosed
}

func (s *Stream) release() {
	putInput(s.taken)
	s.taken = nil
}

func (s *Stream) take() ([]byte, error) {
	switch {
	case s.err != nil:
		return nil, s.err
	case s.in != nil:
	case s.finished:
		return nil, errFinished
	default:
		return nil, io.EOF
	}
	s.taken, s.in = s.in, nil
	s.giveBack()
	return *s.taken, nil
}

// giveBack gives what has been received back to the peer's window, once it is half
// of it.
func (s *Stream) giveBack() {
	c := s.conn
	if s.halfClosed || s.finished || s.received < c.config.StreamWindow/2 {
		return
	}
	c.pending = appendWindowUpdate(c.pending, s.id, s.received)
	s.received = 0
	c.flush()
}

// Refuse ends a stream on which nothing has been written with a header block of its
// own, which it keeps: no answer, but the refusal of one.
func (s *Stream) Refuse(header []byte) {
	s.conn.mu.Lock()
	s.opened = true
	s.conn.mu.Unlock()
	s.Finish(header)
}

// Finish ends the stream with trailers, a header block that it keeps, once a Write
// in progress has sent the rest. Next
// fails. Only the first call counts.
func (s *Stream) Finish(trailers []byte) {
	c := s.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.finished || s.gone {
		return
	}
	s.finished, s.trailers = true, trailers
	s.wake()
	if !s.writing {
		s.conclude()
		return
	}
	if s.timer != nil {
		s.timer.Stop()
	}
	s.timer = time.AfterFunc(lingerWait, func() { c.Reset(s.id, http2.ErrCodeEnhanceYourCalm) })
}

// conclude sends the trailers.
func (s *Stream) conclude() {
	c := s.conn
	c.sent.Store(true)
	block := s.trailers
	if !s.opened {
		block = append(c.config.Header[:len(c.config.Header):len(c.config.Header)], block...)
	}
	c.pending = appendHeaders(c.pending, s.id, true, block)
	if !s.halfClosed {
		c.pending = appendReset(c.pending, s.id, http2.ErrCodeNo) // it need not send the rest
	}
	s.abort(errFinished)
	c.remove(s)
	c.flush()
}

// Reset ends a stream, if there is such, without an answer.
func (c *Conn) Reset(id uint32, code http2.ErrCode) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.streams[id]; s != nil {
		s.abandon()
	}
	c.lastID = max(c.lastID, id) // a stream whose headers are wrong has been begun, too
	if c.err == nil {
		c.pending = appendReset(c.pending, id, code)
		c.flush()
	}
}

// run has a goroutine do what the stream's handler does.
func (s *Stream) run(handler func()) {
	c := s.conn
	s.handlers++
	c.handlers.Go(func() {
		enlargeStack(int(s.id))
		handler()
		c.mu.Lock()
		defer c.mu.Unlock()
		if s.handlers--; s.handlers == 0 && s.abandoned {
			s.abandoned = false
			c.abandoned--
		}
	})
}

// enlargeStack has the stack of a goroutine, which begins with 2 KiB, grow to 4 KiB
// while there is hardly anything on it. It would have to when a handler publishes, and
// then all that it is amid had to be copied, which takes longer than to publish.
//
//go:noinline
func enlargeStack(at int) byte {
	var room [2 << 10]byte // unless it depends on something, the compiler leaves it out
	return room[at&(len(room)-1)]
}

// abandon forgets a stream that has been reset. While handlers run for it, it takes
// the place of another one.
func (s *Stream) abandon() {
	s.abort(errReset)
	s.conn.remove(s)
	if s.handlers > 0 {
		s.abandoned = true
		s.conn.abandoned++
	}
}

// remove forgets a stream that has been aborted.
func (c *Conn) remove(s *Stream) {
	delete(c.streams, s.id)
	if len(c.streams) == 0 {
		c.idleSince = time.Now()
	}
}

// stop makes Next and the next Write fail.
func (s *Stream) stop(err error) {
	if s.err == nil {
		s.err = err
	}
	s.wake()
	s.room.Signal()
	if !s.isDone {
		s.isDone = true
		close(s.done)
	}
}

// abort makes everything fail that is in progress.
func (s *Stream) abort(err error) {
	s.gone = true
	s.in = nil
	if s.timer != nil {
		s.timer.Stop()
	}
	s.stop(err)
}
