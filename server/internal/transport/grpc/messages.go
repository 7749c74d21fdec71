package grpc

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// prefixBytes is the length of what stands before each message: whether it is
// compressed, and its length.
const prefixBytes = 5

// keepPartial is the largest buffer that is kept from message to message.
const keepPartial = 64 << 10

var (
	errCut        = apierror.New(apierror.RequestInvalid, "the stream ends amid a message; send it whole")
	errCompressed = apierror.New(apierror.RequestInvalid, "the message says that it is compressed; send it as it is, with grpc-encoding identity")
)

// pieces are what a stream carries, cut anywhere.
type pieces interface {
	// Next waits for the next piece, which is borrowed until the next call. It may fail
	// for now, and the next call may then be made elsewhere at once.
	Next() ([]byte, error)
}

// messages cuts what arrives into messages. One goroutine at a time uses it. Its zero
// value is ready.
type messages struct {
	piece    []byte // what has arrived and is not read
	partial  []byte // a message that came in several pieces, with its prefix
	returned bool   // the partial message has been returned
}

// next is the next message, which is borrowed until the next call of next. One that says to
// be longer than limit is refused unread. Memory grows with what arrives, never with
// what is announced.
func (m *messages) next(from pieces, limit int) ([]byte, error) {
	m.forget()
	for {
		message, err := m.cut(limit)
		if message != nil || err != nil {
			return message, err
		}
		amid := len(m.partial) > 0
		piece, err := from.Next()
		switch {
		case err == nil:
			m.piece = piece
		case errors.Is(err, io.EOF) && amid:
			return nil, errCut
		default:
			return nil, err // the next call may already be in progress
		}
	}
}

// another is the message behind those that have been returned, and borrowed as long; nil:
// it has not arrived whole in the same piece, or next has to refuse it.
func (m *messages) another(limit int) []byte {
	if len(m.partial) > 0 && !m.returned || len(m.piece) < prefixBytes {
		return nil
	}
	return m.cutWhole(limit)
}

// cutWhole takes a message off the piece, which has its prefix; nil: not all of it is
// there, or it is refused.
func (m *messages) cutWhole(limit int) []byte {
	size, err := sizeOf(m.piece, limit)
	end := prefixBytes + size
	if err != nil || end > len(m.piece) {
		return nil
	}
	message := m.piece[prefixBytes:end]
	m.piece = m.piece[end:]
	return message
}

// forget lets go of the message that was returned last, and of what need not be kept
// while nothing arrives.
func (m *messages) forget() {
	if m.returned { // otherwise it may have begun before a call that failed for now
		m.partial, m.returned = m.partial[:0], false
	}
	if len(m.piece) == 0 {
		m.piece = nil
	}
	if len(m.partial) == 0 && (m.piece == nil || cap(m.partial) > keepPartial) {
		m.partial = nil
	}
}

// cut takes a message off the piece; nil: all of it has been taken and there is more
// to come.
func (m *messages) cut(limit int) ([]byte, error) {
	if len(m.partial) == 0 && len(m.piece) >= prefixBytes {
		if message := m.cutWhole(limit); message != nil {
			return message, nil
		}
	}
	if !m.collect(prefixBytes) {
		return nil, nil
	}
	size, err := sizeOf(m.partial, limit)
	if err != nil || !m.collect(prefixBytes+size) {
		return nil, err
	}
	m.returned = true
	return m.partial[prefixBytes:], nil
}

// collect moves bytes from the piece until the partial message has so many, and says
// whether it does.
func (m *messages) collect(bytes int) bool {
	n := min(len(m.piece), max(0, bytes-len(m.partial)))
	m.partial = append(m.partial, m.piece[:n]...)
	m.piece = m.piece[n:]
	return len(m.partial) >= bytes
}

func sizeOf(prefix []byte, limit int) (int, error) {
	size := int64(binary.BigEndian.Uint32(prefix[1:]))
	switch {
	case prefix[0] != 0:
		return 0, errCompressed
	case size > int64(limit):
		return 0, tooLarge(int(size), limit)
	}
	return int(size), nil
}
