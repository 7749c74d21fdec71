package websocket

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"

	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
)

// conn is one WebSocket: the transport of a session.
type conn struct {
	handler *Handler
	ctx     context.Context // of the session's commands; ends when the connection is closed
	cancel  context.CancelFunc
	ws      *websocket.Conn
	session *session.Session

	input   input
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
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.reading.Add(1)
	return c
}

// start takes over what the library has accepted.
func (c *conn) start(ws *websocket.Conn) {
	ws.SetReadLimit(-1) // the reader has a limit of its own
	c.ws = ws
	c.input.start((*wire)(c))
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

// upgradeWriter gives the library our connection instead of the server's when
// it takes the connection over.
type upgradeWriter struct {
	http.ResponseWriter
	conn *conn
}

// controlRoom holds the longest control frame of a server.
const controlRoom = 2 + 125

// Hijack implements http.Hijacker.
func (w *upgradeWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	raw, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	c := w.conn
	c.output.raw = raw
	c.input.open(raw, (*wire)(c), buffered.Reader)
	return (*wire)(c), bufio.NewReadWriter(c.input.library, bufio.NewWriterSize((*wire)(c), controlRoom)), nil
}
