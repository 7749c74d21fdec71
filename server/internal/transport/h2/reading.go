package h2

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"golang.org/x/net/http2"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/socket"
)

// readBytes is how much one read takes: a frame of the largest size, or some
// hundred small ones.
const readBytes = 16 << 10

// reading is what it takes to read frames. A connection has one only while
// something of what has arrived is not read.
type reading struct {
	conn     *Conn
	framer   *http2.Framer
	from, to int
	room     [readBytes]byte
}

var readings = sync.Pool{New: func() any {
	r := new(reading)
	r.framer = http2.NewFramer(io.Discard, r)
	r.framer.SetReuseFrames()
	r.framer.SetMaxReadFrameSize(maxReadFrame)
	return r
}}

// tried is what came of waiting.
type tried struct {
	reading *reading
	err     error
}

func (r *reading) attach(c *Conn) {
	r.conn = c
	r.framer.ReadMetaHeaders = c.decoder
	r.framer.MaxHeaderListSize = c.config.MaxHeaderBytes
}

func (r *reading) release() {
	r.conn, r.framer.ReadMetaHeaders, r.from, r.to = nil, nil, 0, 0
	readings.Put(r)
}

// Read implements io.Reader for the framer. It waits for what is missing of a frame.
func (r *reading) Read(p []byte) (int, error) {
	if r.from == r.to {
		n, err := r.conn.raw.Read(r.room[:])
		if n == 0 {
			return 0, err
		}
		r.conn.heard.Store(true)
		r.from, r.to = 0, n
	}
	n := copy(p, r.room[r.from:r.to])
	r.from += n
	return n, nil
}

// await waits, with nothing in hand, until something has arrived.
func (c *Conn) await() (*reading, error) {
	if c.plain != nil {
		c.tried = tried{}
		if err := c.plain.Await(c.try); err != nil {
			return nil, err
		}
		return c.tried.reading, c.tried.err
	}
	if _, err := io.ReadFull(c.raw, c.first[:]); err != nil {
		return nil, err
	}
	r := readings.Get().(*reading)
	r.room[0], r.to = c.first[0], 1
	return r, nil
}

// tryRead reads what has arrived. False: nothing has.
func (c *Conn) tryRead(fd uintptr) (done bool) {
	r := readings.Get().(*reading)
	r.to, done, c.tried.err = socket.ReadArrived(fd, r.room[:])
	if r.to > 0 {
		c.tried.reading = r
	} else {
		readings.Put(r)
	}
	return done
}

// read reads until the connection is over, and says why.
func (c *Conn) read() error {
	for greeted := false; ; {
		r, err := c.await()
		if err != nil {
			return err
		}
		c.heard.Store(true)
		r.attach(c)
		if !greeted {
			err = r.preface()
			greeted = true
		}
		for err == nil && r.from < r.to {
			err = c.readFrame(r.framer)
		}
		if err != nil {
			return err // the reading may stand amid a frame: it is not used again
		}
		r.release()
	}
}

var errPreface = errors.New("the peer does not speak HTTP/2")

func (r *reading) preface() error {
	var preface [len(http2.ClientPreface)]byte
	if _, err := io.ReadFull(r, preface[:]); err != nil {
		return err
	}
	if !bytes.Equal(preface[:], []byte(http2.ClientPreface)) {
		return errPreface
	}
	return nil
}

// readFrame reads and takes one frame. An error ends the connection.
func (c *Conn) readFrame(framer *http2.Framer) error {
	frame, err := framer.ReadFrame()
	if err == nil {
		err = c.take(frame)
	}
	var ofStream http2.StreamError
	switch {
	case errors.As(err, &ofStream):
		c.Reset(ofStream.StreamID, ofStream.Code)
		return c.glitch()
	case errors.Is(err, http2.ErrFrameTooLarge):
		return http2.ConnectionError(http2.ErrCodeFrameSize)
	}
	return err
}
