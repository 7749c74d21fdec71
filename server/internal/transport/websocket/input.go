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

// input is what a client sends. The library reads it through a small buffer of
// its own; ahead of that, whatever has arrived is read at once into a pooled
// buffer, which the connection holds only while there is something in it. One
// goroutine at a time uses it.
type input struct {
	raw     net.Conn
	library *bufio.Reader

	ahead    *aheadBuffer // nil: empty; otherwise ahead[from:to] is not read
	from, to int

	// plain is set where the system tells that something has arrived without a
	// buffer to put it in; try then reads it. Over TLS the bytes that arrive are not
	// those that are read.
	plain  *socket.Conn
	try    func(fd uintptr) (done bool)
	direct []byte // where try reads to instead of ahead
	tried  tried

	failed error       // why nothing more arrives
	heard  atomic.Bool // something has arrived since keep-alive looked last
}

// tried is what came of a try: bytes in direct, or none and bytes ahead.
type tried struct {
	n   int
	err error
}

// aheadSize is how many bytes one read takes: some hundred small messages.
const aheadSize = 16 << 10

type aheadBuffer [aheadSize]byte

var aheadBuffers = sync.Pool{New: func() any { return new(aheadBuffer) }}

// The sizes of the library's buffer. It holds a header, and what arrives at
// once where nothing is read ahead.
const (
	librarySize      = 128
	librarySizeAlone = 4 << 10
)

// open takes over a connection, with what of it has been read already.
func (in *input) open(raw net.Conn, w io.Reader, buffered *bufio.Reader) {
	in.raw = raw
	in.heard.Store(true) // the handshake
	size := librarySizeAlone
	if plain, ok := raw.(*socket.Conn); ok {
		in.plain, in.try = plain, in.tryRead
		size = librarySize
	}
	in.library = bufio.NewReaderSize(w, size)
	if n := buffered.Buffered(); n > 0 {
		in.hold(aheadBuffers.Get().(*aheadBuffer), 0)
		in.to, _ = io.ReadFull(buffered, in.ahead[:min(n, aheadSize)])
	}
}

// start lets go of what the library has put around the connection.
func (in *input) start(w io.Reader) { in.library.Reset(w) }

func (in *input) hold(b *aheadBuffer, n int) { in.ahead, in.from, in.to = b, 0, n }

// Read implements io.Reader for the library's buffer.
func (in *input) Read(p []byte) (int, error) {
	if in.ahead == nil {
		n, err := in.receive(p)
		if err != nil {
			in.failed = err
			return 0, err
		}
		in.heard.Store(true)
		if n > 0 {
			return n, nil
		}
	}
	n := copy(p, in.arrived())
	in.advance(n)
	return n, nil
}

// release gives the buffer back.
func (in *input) release() {
	if in.ahead != nil {
		aheadBuffers.Put(in.ahead)
		in.ahead = nil
	}
}

// receive waits until something has arrived, and either puts it into p, or
// reads ahead and returns 0.
func (in *input) receive(p []byte) (int, error) {
	if in.plain == nil {
		return in.raw.Read(p)
	}
	if len(p) >= aheadSize {
		in.direct = p
	}
	err := in.plain.Await(in.try)
	in.direct = nil
	if err == nil {
		err = in.tried.err
	}
	return in.tried.n, err
}

// tryRead reads what has arrived. False: nothing has.
func (in *input) tryRead(fd uintptr) (done bool) {
	if in.direct != nil {
		in.tried.n, done, in.tried.err = socket.ReadArrived(fd, in.direct)
		return done
	}
	ahead := aheadBuffers.Get().(*aheadBuffer)
	n, done, err := socket.ReadArrived(fd, ahead[:])
	in.tried = tried{err: err}
	if n > 0 {
		in.hold(ahead, n)
	} else {
		aheadBuffers.Put(ahead)
	}
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
	if in.ahead != nil {
		in.heard.Store(true)
	}
}

// empty says whether nothing has been read that is not handled.
func (in *input) empty() bool { return in.ahead == nil && in.library.Buffered() == 0 }

// headerStart is how many bytes of a frame say where its header ends.
const headerStart = 2

// wait returns once the start of a frame has arrived.
func (in *input) wait() error {
	if in.library.Buffered() == 0 && len(in.arrived()) >= headerStart {
		return nil
	}
	_, err := in.library.Peek(headerStart)
	return err
}

// next is the header of the next frame, and whether the whole frame has
// arrived.
func (in *input) next() (h wsframe.Header, whole bool) {
	first, _ := in.library.Peek(in.library.Buffered())
	second := in.arrived()
	var joined [wsframe.MaxClientHeader]byte
	n := copy(joined[:], first)
	n += copy(joined[n:], second)
	h, ok := wsframe.ParseHeader(joined[:n])
	arrived := uint64(len(first)) + uint64(len(second))
	return h, ok && h.Payload <= arrived && uint64(h.Size)+h.Payload <= arrived //nolint:gosec // sizes
}

// maxControlPayload is the longest payload of a control frame, in bytes.
const maxControlPayload = 125

// isSound says whether nothing is wrong with the header of a frame that is whole by
// itself.
func isSound(h wsframe.Header) bool { return h.Fin && h.Masked && !h.Reserved }

// isPong says whether a frame is a Pong with nothing wrong about it. All that it says
// is that the client is there, which keep-alive knows already; the library would wait
// for what follows it, with much on the stack.
func isPong(h wsframe.Header) bool {
	return h.Opcode == wsframe.Pong && isSound(h) && h.Payload <= maxControlPayload
}

// skip forgets the next frame, which must have arrived whole.
func (in *input) skip(h wsframe.Header) {
	in.discard(h.Size + int(h.Payload)) //nolint:gosec // it has arrived
}

// take takes the next frame, which must have arrived whole: its payload, unmasked,
// fills p.
func (in *input) take(h wsframe.Header, p []byte) {
	in.discard(h.Size)
	n := min(len(p), in.library.Buffered())
	if n > 0 {
		n, _ = in.library.Read(p[:n]) // it is there
	}
	in.advance(copy(p[n:], in.arrived()))
	wsframe.Unmask(p, h.Mask)
}

// discard forgets n bytes, which must have arrived.
func (in *input) discard(n int) {
	buffered, _ := in.library.Discard(min(n, in.library.Buffered())) // it is there
	in.advance(n - buffered)
}

// arrived is what has been read ahead.
func (in *input) arrived() []byte {
	if in.ahead == nil {
		return nil
	}
	return in.ahead[in.from:in.to]
}

// advance forgets the first n bytes of what has been read ahead.
func (in *input) advance(n int) {
	if n == 0 {
		return
	}
	if in.from += n; in.from == in.to {
		in.release()
	}
}
