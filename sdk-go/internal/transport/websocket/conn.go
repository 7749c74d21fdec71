package websocket

import (
	"context"
	"errors"
	"io"

	"github.com/coder/websocket"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

const (
	// readLimit is the longest frame that is read, in bytes; a server batches far
	// below it.
	readLimit = 64 << 20
	// bufferStart and bufferKept are the size of the read buffer in the beginning,
	// and up to which it is kept for the next frame.
	bufferStart = 32 << 10
	bufferKept  = 1 << 20
)

// conn is one WebSocket connection.
type conn struct {
	socket *websocket.Conn
	raw    *bufferedConn
	buffer []byte
}

func newConn(socket *websocket.Conn, raw *bufferedConn) *conn {
	socket.SetReadLimit(readLimit)
	return &conn{socket: socket, raw: raw}
}

// Send implements transport.Conn. The context never ends: Abort closes the
// network connection under the socket.
func (c *conn) Send(frame []byte) error {
	c.raw.hold()
	err := c.socket.Write(context.Background(), websocket.MessageBinary, frame)
	if flushed := c.raw.release(); err == nil {
		err = flushed
	}
	if err != nil {
		return faultOf(err)
	}
	return nil
}

// Receive implements transport.Conn.
func (c *conn) Receive() ([]byte, error) {
	kind, message, err := c.socket.Reader(context.Background())
	if err != nil {
		return nil, faultOf(err)
	}
	if kind != websocket.MessageBinary {
		return nil, fault.New(fault.ConnectionLost, "the server sent a text message, which is not part of the protocol")
	}
	if err := c.readAll(message); err != nil {
		return nil, faultOf(err)
	}
	return c.buffer, nil
}

// readAll reads a message into the buffer.
func (c *conn) readAll(message io.Reader) error {
	if c.buffer == nil || cap(c.buffer) > bufferKept {
		c.buffer = make([]byte, 0, bufferStart)
	}
	c.buffer = c.buffer[:0]
	for {
		if len(c.buffer) == cap(c.buffer) {
			c.buffer = append(c.buffer, 0)[:len(c.buffer)]
		}
		n, err := message.Read(c.buffer[len(c.buffer):cap(c.buffer)])
		c.buffer = c.buffer[:len(c.buffer)+n]
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Close implements transport.Conn.
func (c *conn) Close() { _ = c.socket.Close(websocket.StatusNormalClosure, "") }

// Abort implements transport.Conn.
func (c *conn) Abort() { _ = c.raw.Conn.Close() }

// endless is an upgraded connection, whose end is always a failure. The library takes
// io.EOF within a message for the message's end.
type endless struct{ io.ReadWriteCloser }

// Read implements io.Reader.
func (e endless) Read(p []byte) (int, error) {
	n, err := e.ReadWriteCloser.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
