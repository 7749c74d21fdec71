package transport

import (
	"context"
	"errors"
	"net"
	"sync"
)

// ErrHTTP2 says that a port that was asked for HTTP/1.1 or TLS speaks HTTP/2
// without TLS.
var ErrHTTP2 = errors.New("the server speaks HTTP/2 without being asked to")

// DialHTTP makes connections for an http.Transport. Reading and writing fail with
// ErrHTTP2 where the server begins with HTTP/2, which net/http would take for an
// answer that is malformed.
func DialHTTP(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &httpConn{Conn: conn}, nil
}

// beginLimit is how much the first reading of a connection takes, in bytes.
const beginLimit = 1 << 10

// httpConn looks at the first words of a server. Both the one who reads and the
// one who writes want to know them: a server that is not spoken to in its protocol
// hangs up, and writing may fail before anybody has read what it said.
type httpConn struct {
	net.Conn
	first sync.Once
	http2 bool

	// Of the goroutine that reads: the outcome of the first reading, as far as it has
	// not been handed on.
	begin []byte
	err   error
}

// listen does the first reading.
func (c *httpConn) listen() {
	begin := make([]byte, beginLimit)
	n, err := c.Conn.Read(begin)
	c.begin, c.err, c.http2 = begin[:n], err, isSettingsFrame(begin[:n])
}

// Read implements net.Conn.
func (c *httpConn) Read(p []byte) (int, error) {
	c.first.Do(c.listen)
	switch {
	case c.http2:
		return 0, ErrHTTP2
	case len(c.begin) > 0:
		n := copy(p, c.begin)
		c.begin = c.begin[n:]
		return n, nil
	case c.begin != nil:
		err := c.err
		c.begin, c.err = nil, nil
		if err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(p)
}

// Write implements net.Conn.
func (c *httpConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if isCut(err) { // then reading does not wait
		c.first.Do(c.listen)
		if c.http2 {
			return n, ErrHTTP2
		}
	}
	return n, err
}

// isSettingsFrame says whether the bytes begin a SETTINGS frame, the first thing
// that a server says over HTTP/2; nothing of TLS or HTTP/1 begins so.
func isSettingsFrame(begin []byte) bool {
	return len(begin) >= 5 && begin[0] == 0 && begin[3] == 4 && begin[4] == 0
}
