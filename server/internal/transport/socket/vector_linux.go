//go:build !race

package socket

import (
	"net"
	"os"
	"sync"
	"syscall"
	"unsafe"
)

// maxPieces is how many pieces one call writes.
const maxPieces = 64

// vector is one call of writeBuffers.
type vector struct {
	rest   net.Buffers
	err    error
	pieces [maxPieces]syscall.Iovec

	write func(fd uintptr) (done bool) // its own, made once
}

var vectors = sync.Pool{New: func() any {
	v := new(vector)
	v.write = v.tryWrite
	return v
}}

func (v *vector) release() {
	clear(v.pieces[:])
	v.rest, v.err = nil, nil
	vectors.Put(v)
}

// writeBuffers is WriteBuffers, which the runtime does not hear of.
func (c *Conn) writeBuffers(pieces *net.Buffers) error {
	v := vectors.Get().(*vector)
	defer v.release()
	v.rest = *pieces
	err := c.raw.Write(v.write)
	if err == nil {
		err = v.err
	}
	*pieces = v.rest
	if err != nil {
		err = c.failed("writev", err)
	}
	return err
}

func (v *vector) tryWrite(fd uintptr) (done bool) {
	for {
		count := v.fill()
		if count == 0 {
			return true
		}
		switch n, failure := writev(fd, v.pieces[:count]); failure {
		case 0:
			v.advance(n)
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			v.err = os.NewSyscallError("writev", failure)
			return true
		}
	}
}

// fill prepares the next pieces, and says how many they are.
func (v *vector) fill() (count int) {
	for len(v.rest) > 0 && len(v.rest[0]) == 0 {
		v.rest = v.rest[1:]
	}
	for _, piece := range v.rest[:min(len(v.rest), maxPieces)] {
		v.pieces[count].Base = unsafe.SliceData(piece)
		v.pieces[count].SetLen(len(piece))
		count++
	}
	return count
}

// advance forgets n bytes that have been written.
func (v *vector) advance(n int) {
	for n > 0 {
		piece := v.rest[0]
		if n < len(piece) {
			v.rest[0] = piece[n:]
			return
		}
		n -= len(piece)
		v.rest[0], v.rest = nil, v.rest[1:]
	}
}

func writev(fd uintptr, pieces []syscall.Iovec) (int, syscall.Errno) {
	n, _, failure := syscall.RawSyscall6(syscall.SYS_WRITEV, fd, uintptr(unsafe.Pointer(unsafe.SliceData(pieces))), uintptr(len(pieces)), 0, 0, 0)
	return int(n), failure //nolint:gosec // what the pieces hold at most, if it has not failed
}
