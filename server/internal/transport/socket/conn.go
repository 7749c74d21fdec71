//go:build unix

package socket

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
)

// Conn is a plain connection, over TCP or a Unix socket.
type Conn struct {
	net.Conn
	raw syscall.RawConn
}

// Of is a *Conn in place of a plain connection, and any other connection as it is.
func Of(conn net.Conn) net.Conn {
	var plain syscall.Conn
	switch conn := conn.(type) {
	case *net.TCPConn:
		plain = conn
	case *net.UnixConn:
		plain = conn
	default:
		return conn
	}
	raw, err := plain.SyscallConn()
	if err != nil {
		return conn
	}
	return &Conn{Conn: conn, raw: raw}
}

// Await calls try, and again whenever something may have arrived, until try says that
// it is done. It is for ReadArrived. The error is a deadline's, or that the
// connection has been closed.
func (c *Conn) Await(try func(fd uintptr) (done bool)) error { return c.raw.Read(try) }

// ReadArrived reads, within Await, what has arrived. False: nothing has.
func ReadArrived(fd uintptr, p []byte) (n int, arrived bool, err error) {
	for {
		switch n, failure := read(fd, p); {
		case failure == syscall.EINTR:
		case failure == syscall.EAGAIN:
			return 0, false, nil
		case failure != 0:
			return 0, true, os.NewSyscallError("read", failure)
		case n == 0 && len(p) > 0:
			return 0, true, io.EOF
		default:
			return n, true, nil
		}
	}
}

// Read implements net.Conn.
func (c *Conn) Read(p []byte) (int, error) {
	t := transfers.Get().(*transfer)
	defer t.release()
	t.rest = p
	err := c.raw.Read(t.read)
	if err == nil {
		err = t.err
	}
	if err != nil && err != io.EOF { //nolint:errorlint // never wrapped
		err = c.failed("read", err)
	}
	return t.n, err
}

// Write implements net.Conn.
func (c *Conn) Write(p []byte) (int, error) {
	t := transfers.Get().(*transfer)
	defer t.release()
	t.rest = p
	err := c.raw.Write(t.write)
	if err == nil {
		err = t.err
	}
	if err != nil {
		err = c.failed("write", err)
	}
	return t.n, err
}

// WriteBuffers writes pieces to any connection, if it is plain in as few calls as
// possible, and takes what it has written from them.
func WriteBuffers(conn net.Conn, pieces *net.Buffers) error {
	if plain, ok := conn.(*Conn); ok {
		return plain.writeBuffers(pieces)
	}
	_, err := pieces.WriteTo(conn)
	return err
}

// failed is a failure as package net tells it.
func (c *Conn) failed(operation string, cause error) error {
	var raw *net.OpError
	if errors.As(cause, &raw) {
		cause = raw.Err
	}
	local := c.LocalAddr()
	return &net.OpError{Op: operation, Net: local.Network(), Source: local, Addr: c.RemoteAddr(), Err: cause}
}

// transfer is one call of Read or Write.
type transfer struct {
	rest []byte
	n    int // bytes read or written
	err  error

	read, write func(fd uintptr) (done bool) // its own, made once
}

var transfers = sync.Pool{New: func() any {
	t := new(transfer)
	t.read, t.write = t.tryRead, t.tryWrite
	return t
}}

func (t *transfer) release() {
	t.rest, t.n, t.err = nil, 0, nil
	transfers.Put(t)
}

func (t *transfer) tryRead(fd uintptr) (done bool) {
	t.n, done, t.err = ReadArrived(fd, t.rest)
	return done
}

// tryWrite is where the stacks of goroutines that write are deepest. They have 2 KiB
// when they begin, more than half of it set aside, and copying one to a larger one
// takes longer than all that is done here.
func (t *transfer) tryWrite(fd uintptr) (done bool) {
	for len(t.rest) > 0 {
		switch n, failure := write(fd, t.rest); failure {
		case 0:
			t.n += n
			t.rest = t.rest[n:]
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			t.err = os.NewSyscallError("write", failure)
			return true
		}
	}
	return true
}
