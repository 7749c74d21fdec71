//go:build unix

package websocket

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// tried is what came of a try: bytes in direct, or none and bytes ahead.
type tried struct {
	n   int
	err error
}

// readReadiness prepares reading without a buffer in hand. It works on plain
// sockets; over TLS the bytes that arrive are not those that are read.
func (in *input) readReadiness() {
	var socket syscall.Conn
	switch raw := in.raw.(type) {
	case *net.TCPConn:
		socket = raw
	case *net.UnixConn:
		socket = raw
	default:
		return
	}
	if readable, err := socket.SyscallConn(); err == nil {
		in.readable, in.try = readable, in.tryRead
	}
}

// tryRead reads what has arrived. False: nothing has; it is called again when
// something did.
func (in *input) tryRead(fd uintptr) bool {
	into, ahead := in.direct, (*aheadBuffer)(nil)
	if into == nil {
		ahead = aheadBuffers.Get().(*aheadBuffer)
		into = ahead[:]
	}
	n, err := readRetrying(int(fd), into)
	arrived := n > 0 && err == nil
	switch {
	case ahead == nil:
	case arrived:
		in.hold(ahead, n)
		n = 0
	default:
		aheadBuffers.Put(ahead)
	}
	switch {
	case errors.Is(err, syscall.EAGAIN):
		return false
	case err != nil:
		in.tried = tried{err: os.NewSyscallError("read", err)}
	case !arrived:
		in.tried = tried{err: io.EOF}
	default:
		in.tried = tried{n: n}
	}
	return true
}

func readRetrying(fd int, p []byte) (int, error) {
	for {
		n, err := syscall.Read(fd, p)
		if !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
}
