//go:build !unix

package socket

import (
	"errors"
	"net"
)

// Conn is for systems that tell that something has arrived without a buffer to put it
// in. This one does not, and there is none.
type Conn struct{ net.Conn }

// Of is the connection as it is.
func Of(conn net.Conn) net.Conn { return conn }

// Await fails.
func (*Conn) Await(func(fd uintptr) (done bool)) error { return errors.ErrUnsupported }

// ReadArrived fails.
func ReadArrived(uintptr, []byte) (n int, arrived bool, err error) {
	return 0, true, errors.ErrUnsupported
}

// WriteBuffers writes pieces, and takes what it has written from them.
func WriteBuffers(conn net.Conn, pieces *net.Buffers) error {
	_, err := pieces.WriteTo(conn)
	return err
}
