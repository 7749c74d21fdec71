package websocket

import (
	"errors"
	"io"
	"sync"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
)

// intakeSize is how many bytes of messages are handled together at most.
const intakeSize = 32 << 10

// intake is messages that have arrived whole, and what they ask for.
type intake struct {
	room    [intakeSize]byte
	used    int
	command command.Command
}

var intakes = sync.Pool{New: func() any { return new(intake) }}

// take is room for n bytes, which there must be.
func (in *intake) take(n int) []byte {
	taken := in.room[in.used : in.used+n : in.used+n]
	in.used += n
	return taken
}

// release gives the intake back, whose command has been run.
func (in *intake) release() {
	in.used = 0
	in.command.Reset()
	intakes.Put(in)
}

// message is one message in a buffer that grows with what arrives, never with
// what a client announces.
type message struct {
	data  []byte
	class int // of the buffer, an index of buffers; len(buffers): of none
}

// firstBuffer is the size of the first buffer of a message, in bytes; each next
// is growth times as large.
const (
	firstBuffer = 1 << 10
	growth      = 4
)

// buffers are pools of buffers of 1, 4, 16, 64, 256 KiB.
var buffers [5]sync.Pool

func bufferSize(class int) int {
	size := firstBuffer
	for range class {
		size *= growth
	}
	return size
}

// grow moves the message to the next larger buffer. Beyond the pools' none is
// larger than most.
func (m *message) grow(class, most int) {
	var larger []byte
	if class < len(buffers) {
		if pooled, ok := buffers[class].Get().(*[]byte); ok {
			larger = (*pooled)[:0]
		}
	}
	if larger == nil {
		size := bufferSize(class)
		if class >= len(buffers) {
			size = min(size, most)
		}
		larger = make([]byte, 0, size)
	}
	larger = append(larger, m.data...)
	m.release()
	m.data, m.class = larger, class
}

// release gives the buffer back.
func (m *message) release() {
	if m.data != nil && m.class < len(buffers) {
		data := m.data[:0]
		buffers[m.class].Put(&data)
	}
	m.data = nil
}

// readMessage reads to the end of r, but not beyond limit bytes.
func readMessage(r io.Reader, limit int) (m message, err error) {
	m.grow(0, limit+1)
	for {
		if len(m.data) == cap(m.data) {
			m.grow(m.class+1, limit+1)
		}
		n, err := r.Read(m.data[len(m.data):min(cap(m.data), limit+1)])
		m.data = m.data[:len(m.data)+n]
		switch {
		case len(m.data) > limit:
			return m, errTooLarge
		case errors.Is(err, io.EOF):
			return m, nil
		case err != nil:
			return m, err
		}
	}
}
