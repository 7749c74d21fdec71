package websocket

import (
	"bufio"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"

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

	// readable is set where the system tells that something has arrived without
	// a buffer to put it in; try then reads it (see readReady).
	readable syscall.RawConn
	try      func(fd uintptr) bool
	direct   []byte // where try reads to instead of ahead
	tried    tried

	failed error       // why nothing more arrives
	heard  atomic.Bool // something has arrived since keep-alive looked last
}

// aheadSize is how many bytes one read takes: some hundred small messages.
const aheadSize = 16 << 10

type aheadBuffer [aheadSize]byte

var aheadBuffers = sync.Pool{New: func() any { return new(aheadBuffer) }}

// The sizes of the library's buffer. It holds a header, and what arrives at
// once where nothing is read ahead.
const (
	librarySize      = 512
	librarySizeAlone = 4 << 10
)

// open takes over a connection, with what of it has been read already.
func (in *input) open(raw net.Conn, w io.Reader, buffered *bufio.Reader) {
	in.raw = raw
	in.heard.Store(true) // the handshake
	in.readReadiness()
	size := librarySizeAlone
	if in.readable != nil {
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
	n := copy(p, in.ahead[in.from:in.to])
	if in.from += n; in.from == in.to {
		in.release()
	}
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
	if in.readable == nil {
		return in.raw.Read(p)
	}
	if len(p) >= aheadSize {
		in.direct = p
	}
	err := in.readable.Read(in.try)
	in.direct = nil
	if err == nil {
		err = in.tried.err
	}
	return in.tried.n, err
}

// await waits until something has arrived, where that is told without a buffer,
// and reads it ahead. An idle connection waits here, with little on its stack:
// what is on the stacks of idle goroutines decides how large new ones begin.
// What is wrong with the connection, the next read says.
func (in *input) await() {
	if in.readable == nil || !in.empty() {
		return
	}
	_ = in.readable.Read(in.try)
	if in.ahead != nil {
		in.heard.Store(true)
	}
}

// empty says whether nothing has been read that is not handled.
func (in *input) empty() bool { return in.ahead == nil && in.library.Buffered() == 0 }

// wait returns once the start of a frame has arrived.
func (in *input) wait() error {
	_, err := in.library.Peek(2)
	return err
}

// next is the header of the next frame, and whether the whole frame has
// arrived.
func (in *input) next() (h wsframe.Header, whole bool) {
	first, _ := in.library.Peek(in.library.Buffered())
	var second []byte
	if in.ahead != nil {
		second = in.ahead[in.from:in.to]
	}
	var joined [wsframe.MaxClientHeader]byte
	n := copy(joined[:], first)
	n += copy(joined[n:], second)
	h, ok := wsframe.ParseHeader(joined[:n])
	arrived := uint64(len(first)) + uint64(len(second))
	return h, ok && h.Payload <= arrived && uint64(h.Size)+h.Payload <= arrived //nolint:gosec // sizes
}

// The start of a Pong of a client: a whole one, masked, at most 125 bytes long.
const (
	pongStart     = 0x80 | byte(wsframe.Pong)
	pongMask      = 0x80
	longestMasked = pongMask | 125
)

// isPong says whether the next frame, whose start has been waited for, is a Pong
// with nothing wrong about it. All that it says is that the client is there, which
// keep-alive knows already; the library would wait for what follows it, with much
// on the stack.
func (in *input) isPong() bool {
	start, _ := in.library.Peek(2)
	return len(start) == 2 && start[0] == pongStart && start[1] >= pongMask && start[1] <= longestMasked
}

// skip forgets the next frame, which must have arrived whole.
func (in *input) skip(h wsframe.Header) error {
	_, err := in.library.Discard(h.Size + int(h.Payload)) //nolint:gosec // it has arrived
	return err
}
