package websocket

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// conn is one WebSocket: the transport of a session.
type conn struct {
	handler *Handler
	ctx     context.Context // of the session's commands; ends when the connection is closed
	cancel  context.CancelFunc
	session *session.Session // nil: the connection gets none, and is about to be closed

	input   input
	frames  frames
	output  output
	pongs   pongs
	limit   int // of a message that is read, in bytes
	decoder decoder
	codec   session.Codec  // which the session uses; the reader's
	refused bool           // the client has been refused for good; the reader's
	grown   bool           // the reader's stack is larger than waiting needs: a new one begins, when nothing is left to do
	gone    atomic.Bool    // nobody is left to tell why the connection ends
	reading sync.WaitGroup // the reader
	beats   beats
}

var _ session.Transport = (*conn)(nil)

func newConn(h *Handler, p *protocol) *conn {
	c := &conn{handler: h, limit: p.readLimit(h.options.Registry.Limits()), decoder: p.newDecoder(), codec: p.codec}
	c.frames = frames{in: &c.input, control: c}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.reading.Add(1)
	return c
}

// WriteFrames implements outbox.Writer.
func (c *conn) WriteFrames(frames []*outbox.Frame) error {
	if err := c.output.WriteFrames(frames); err != nil {
		return err
	}
	if pong := c.pongs.written(frames); pong != nil {
		c.session.Send(pong)
	}
	return nil
}

// control does what a control frame asks for. It fails with errClosed for the client's
// Close frame, which it answers unless that is an answer itself.
func (c *conn) control(o wsframe.Opcode, payload []byte) error {
	switch o {
	case wsframe.Ping:
		if c.session != nil {
			c.session.Send(c.pongs.answer(controlFrame(wsframe.Pong, payload)))
		}
	case wsframe.Close:
		if err := checkClose(payload); err != nil {
			return err
		}
		_ = c.output.writeLast(controlFrame(wsframe.Close, payload), closeTimeout) // the connection ends anyway
		return errClosed
	}
	return nil
}

// controlFrame is a whole control frame of a server.
func controlFrame(o wsframe.Opcode, payload []byte) []byte {
	frame := wsframe.AppendHeader(make([]byte, 0, wsframe.HeaderSize(len(payload))+len(payload)), o, len(payload))
	return append(frame, payload...)
}
