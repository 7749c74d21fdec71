package transport

import (
	"context"
	"errors"
	"net"
)

// ErrHTTP2 says that a port that was asked for HTTP/1.1 or TLS speaks HTTP/2
// without TLS.
var ErrHTTP2 = errors.New("the server speaks HTTP/2 without being asked to")

// DialHTTP makes connections for an http.Transport. Reading fails with ErrHTTP2
// where the server begins with HTTP/2, which net/http would take for an answer
// that is malformed.
func DialHTTP(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &httpConn{Conn: conn}, nil
}

type httpConn struct {
	net.Conn
	heard bool // of the goroutine that reads
}

// Read implements net.Conn.
func (c *httpConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && !c.heard {
		c.heard = true
		if isSettingsFrame(p[:n]) {
			return 0, ErrHTTP2
		}
	}
	return n, err
}

// isSettingsFrame says whether the bytes begin a SETTINGS frame, the first thing
// that a server says over HTTP/2; nothing of TLS or HTTP/1 begins so.
func isSettingsFrame(begin []byte) bool {
	return len(begin) >= 5 && begin[0] == 0 && begin[3] == 4 && begin[4] == 0
}
