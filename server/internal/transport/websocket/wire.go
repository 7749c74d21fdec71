package websocket

import (
	"net"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// wire is the connection as the library sees it.
type wire conn

var _ net.Conn = (*wire)(nil)

// Read reads what the client sent.
func (w *wire) Read(p []byte) (int, error) { return w.input.Read(p) }

// Write takes one whole control frame, a Pong or Close: the library writes
// nothing else.
func (w *wire) Write(frame []byte) (int, error) {
	if wsframe.Opcode(frame[0]&0xf) == wsframe.Close {
		return len(frame), w.output.writeLast(frame, closeTimeout)
	}
	if w.session != nil { // nil: the connection gets none, and is about to be closed
		w.session.Send(w.pongs.answer(frame))
	}
	return len(frame), nil
}

// Close closes the connection at once.
func (w *wire) Close() error { return w.output.raw.Close() }

// LocalAddr implements net.Conn.
func (w *wire) LocalAddr() net.Addr { return w.output.raw.LocalAddr() }

// RemoteAddr implements net.Conn.
func (w *wire) RemoteAddr() net.Addr { return w.output.raw.RemoteAddr() }

// SetDeadline implements net.Conn.
func (w *wire) SetDeadline(t time.Time) error { return w.output.raw.SetDeadline(t) }

// SetReadDeadline implements net.Conn.
func (w *wire) SetReadDeadline(t time.Time) error { return w.output.raw.SetReadDeadline(t) }

// SetWriteDeadline implements net.Conn.
func (w *wire) SetWriteDeadline(t time.Time) error { return w.output.raw.SetWriteDeadline(t) }
