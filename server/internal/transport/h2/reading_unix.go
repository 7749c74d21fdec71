//go:build unix

package h2

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// readReadiness prepares waiting without a buffer in hand. It works on plain
// sockets; over TLS the bytes that arrive are not those that are read.
func (c *Conn) readReadiness() {
	socket, ok := c.raw.(*net.TCPConn)
	if !ok {
		return
	}
	if readable, err := socket.SyscallConn(); err == nil {
		c.readable, c.try = readable, c.tryRead
	}
}

// tryRead reads what has arrived. False: nothing has; it is called again when
// something did.
func (c *Conn) tryRead(fd uintptr) bool {
	r := readings.Get().(*reading)
	n, err := readRetrying(int(fd), r.room[:])
	if errors.Is(err, syscall.EAGAIN) {
		readings.Put(r)
		return false
	}
	switch {
	case err != nil:
		c.tried.err = os.NewSyscallError("read", err)
	case n == 0:
		c.tried.err = io.EOF
	default:
		r.from, r.to = 0, n
		c.tried.reading = r
		return true
	}
	readings.Put(r)
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
