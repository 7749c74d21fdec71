package websocket

import (
	"bufio"
	"io"
	"net"
	"sync"
	"sync/atomic"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/socket"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// input is what a client sends. Whatever has arrived is read at once into a pooled
// buffer, which the connection holds only while there is something in it. One
// goroutine at a time uses it.
type input struct {
	raw net.Conn

	ahead    []byte // nil: no buffer is held; otherwise ahead[from:to] is not read
	from, to int

	// begun[:kept] is the part of a header that has arrived, while the rest of it is
	// waited for: that is no reason to hold a buffer.
	begun [wsframe.MaxClientHeader]byte
	kept  uint8

	// plain is set where the system tells that something has arrived without a
	// buffer to put it in; try then reads it. Over TLS the bytes that arrive are not
	// those that are read, and the connection has a buffer of its own.
	plain *socket.Conn
	try   func(fd uintptr) (done bool)

	failed error       // why nothing more arrives
	heard  atomic.Bool // something has arrived since keep-alive looked last
}

// aheadSize is how many bytes one read takes: some four hundred small messages.
// ownSize is that of a connection with a buffer of its own.
const (
	aheadSize = 64 << 10
	ownSize   = 4 << 10
)

type aheadBuffer [aheadSize]byte

var aheadBuffers = sync.Pool{New: func() any { return new(aheadBuffer) }}

// open takes over a connection, with what of it has been read already.
func (in *input) open(raw net.Conn, buffered *bufio.Reader) {
	in.raw = raw
	in.heard.Store(true) // the handshake
	if plain, ok := raw.(*socket.Conn); ok {
		in.plain, in.try = plain, in.tryRead
	} else {
		in.ahead = make([]byte, ownSize)
	}
	if n := buffered.Buffered(); n > 0 {
		in.hold()
		in.to, _ = io.ReadFull(buffered, in.ahead[:min(n, len(in.ahead))]) // it is there
	}
}

// hold takes a buffer, unless one is held.
func (in *input) hold() {
	if in.ahead == nil {
		in.ahead = aheadBuffers.Get().(*aheadBuffer)[:]
	}
}

// release forgets everything, and gives the buffer back.
func (in *input) release() {
	in.from, in.to = 0, 0
	if in.plain != nil && in.ahead != nil {
		aheadBuffers.Put((*aheadBuffer)(in.ahead))
		in.ahead = nil
	}
}

// Read implements io.Reader.
func (in *input) Read(p []byte) (int, error) {
	if in.empty() {
		if len(p) >= aheadSize {
			n, err := in.raw.Read(p)
			return n, in.note(n, err)
		}
		if err := in.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, in.arrived())
	in.advance(n)
	return n, nil
}

// fill waits until something has arrived behind what is in the buffer, which is less
// than a header.
func (in *input) fill() error {
	kept := copy(in.begun[:], in.arrived())
	in.kept = uint8(kept) //nolint:gosec // less than a header
	in.release()
	if in.plain == nil {
		in.to = copy(in.ahead, in.begun[:kept])
		n, err := in.raw.Read(in.ahead[in.to:])
		in.to += n
		return in.note(n, err)
	}
	if err := in.plain.Await(in.try); err != nil {
		return in.note(0, err)
	}
	return in.note(in.to, in.failed)
}

// note keeps what has come of a read of n bytes. A failure behind some bytes comes
// again.
func (in *input) note(n int, err error) error {
	if n > 0 {
		in.heard.Store(true)
		return nil
	}
	in.failed = err
	return err
}

// tryRead reads what has arrived. False: nothing has.
func (in *input) tryRead(fd uintptr) (done bool) {
	in.hold()
	kept := copy(in.ahead, in.begun[:in.kept])
	n, done, err := socket.ReadArrived(fd, in.ahead[kept:])
	in.failed = err
	if n == 0 {
		in.release()
		return done
	}
	in.to, in.kept = kept+n, 0
	return done
}

// await waits until something has arrived, where that is told without a buffer,
// and reads it ahead. An idle connection waits here, with little on its stack:
// what is on the stacks of idle goroutines decides how large new ones begin.
// What is wrong with the connection, the next read says.
func (in *input) await() {
	if in.plain == nil || !in.empty() {
		return
	}
	_ = in.plain.Await(in.try)
	if !in.empty() {
		in.heard.Store(true)
	}
}

// empty says whether everything that has been read is handled.
func (in *input) empty() bool { return in.from == in.to }

// header is the header of the next frame, once it has arrived, and whether the
// whole frame has. The frame stays what comes next.
func (in *input) header() (h wsframe.Header, whole bool, err error) {
	for {
		if h, whole, ok := in.next(); ok {
			return h, whole, nil
		}
		if err := in.fill(); err != nil {
			return h, false, err
		}
	}
}

// next is the header of the next frame, and whether the whole frame has arrived;
// not ok: not even the header has.
func (in *input) next() (h wsframe.Header, whole, ok bool) {
	h, ok = wsframe.ParseHeader(in.arrived())
	arrived := uint64(in.to - in.from)                                              //nolint:gosec // a size
	return h, ok && h.Payload <= arrived && uint64(h.Size)+h.Payload <= arrived, ok //nolint:gosec // a size
}

// take takes the next frame, which must have arrived whole: its payload, unmasked,
// fills p.
func (in *input) take(h wsframe.Header, p []byte) {
	copy(p, in.arrived()[h.Size:])
	in.skip(h)
	wsframe.Unmask(p, h.Mask)
}

// skip forgets the next frame, which must have arrived whole.
func (in *input) skip(h wsframe.Header) { in.advance(h.Size + int(h.Payload)) } //nolint:gosec // it has arrived

// arrived is what has been read ahead.
func (in *input) arrived() []byte { return in.ahead[in.from:in.to] }

// advance forgets the first n bytes of what has been read ahead.
func (in *input) advance(n int) {
	if in.from += n; in.empty() {
		in.release()
	}
}
