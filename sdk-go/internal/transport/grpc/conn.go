package grpc

import (
	"context"
	"sync"

	rpc "google.golang.org/grpc"
)

// conn is one stream with its connection.
type conn struct {
	client *rpc.ClientConn
	stream rpc.ClientStream
	end    context.CancelFunc
	in     inFrame
	abort  sync.Once
}

// Send implements transport.Conn. When the stream has ended, the error says no
// more than that; Receive has the reason.
func (c *conn) Send(frame []byte) error {
	if err := c.stream.SendMsg(outFrame(frame)); err != nil {
		return faultOf(err)
	}
	return nil
}

// Receive implements transport.Conn.
func (c *conn) Receive() ([]byte, error) {
	if err := c.stream.RecvMsg(&c.in); err != nil {
		return nil, faultOf(err)
	}
	return c.in.bytes, nil
}

// Close implements transport.Conn.
func (c *conn) Close() { _ = c.stream.CloseSend() }

// Abort implements transport.Conn.
func (c *conn) Abort() {
	c.abort.Do(func() {
		c.end()
		_ = c.client.Close()
	})
}
