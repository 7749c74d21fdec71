package grpc

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// Credentials are the credentials of a channel, with TLS or without. They keep why
// a connection failed before it could be used, which grpc-go passes on as a text
// only.
type Credentials struct {
	credentials.TransportCredentials
	handshake transport.Handshake

	mu  sync.Mutex
	err error
}

// NewCredentials makes credentials; without security they are without TLS.
func NewCredentials(security *transport.Security) *Credentials {
	c := &Credentials{TransportCredentials: insecure.NewCredentials()}
	if security != nil {
		c.TransportCredentials = credentials.NewTLS(c.handshake.Note(security.Config()))
	}
	return c
}

// ClientHandshake implements credentials.TransportCredentials.
func (c *Credentials) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := c.TransportCredentials.ClientHandshake(ctx, authority, raw)
	if err != nil {
		c.note(err)
		return conn, info, err
	}
	return &freshConn{Conn: conn, credentials: c}, info, nil
}

// Clone implements credentials.TransportCredentials. What is kept is of all
// connections, so the original serves.
func (c *Credentials) Clone() credentials.TransportCredentials { return c }

// note keeps why a connection failed; nil: it did not.
func (c *Credentials) note(err error) {
	if errors.Is(err, net.ErrClosed) { // by this side
		return
	}
	c.mu.Lock()
	c.err = c.handshake.Explain(err)
	c.mu.Unlock()
}

// Cause is what lies behind an error of grpc-go about a channel that has no
// connection: why the last one failed before the server had said anything that
// could be used, or else the error itself, in plain words.
func (c *Credentials) Cause(err error) error {
	c.mu.Lock()
	seen := c.err
	c.mu.Unlock()
	if seen == nil || status.Code(err) != codes.Unavailable || isDialing(err) {
		return Plain(err)
	}
	return seen
}

// hearOutTime bounds the reading from a connection that is broken.
const hearOutTime = 100 * time.Millisecond

// freshConn is a connection that looks at what the server says first.
type freshConn struct {
	net.Conn
	credentials *Credentials
	heard       atomic.Bool
}

// Read implements net.Conn.
func (f *freshConn) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	if !f.heard.Load() {
		f.hear(p[:n], err)
	}
	return n, err
}

// Write implements net.Conn.
func (f *freshConn) Write(p []byte) (int, error) {
	n, err := f.Conn.Write(p)
	if err != nil && !f.heard.Load() {
		f.hearOut(err)
	}
	return n, err
}

// hearOut reads what a server has said that closed the connection and so made a
// write fail: the reason is there already, if there is one.
func (f *freshConn) hearOut(written error) {
	_ = f.SetReadDeadline(time.Now().Add(hearOutTime))
	said := make([]byte, len("HTTP/1"))
	n, err := f.Conn.Read(said)
	if n == 0 && (errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed)) {
		err = written
	}
	f.hear(said[:n], err)
}

// hear takes the first bytes, or the error in their place.
func (f *freshConn) hear(said []byte, err error) {
	switch {
	case f.heard.Swap(true):
	case bytes.HasPrefix(said, []byte("HTTP/1")):
		f.credentials.note(transport.ErrHTTP1)
	case len(said) > 0:
		f.credentials.note(nil)
	default:
		f.credentials.note(err)
	}
}
