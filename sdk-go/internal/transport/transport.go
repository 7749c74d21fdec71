// Package transport is what a connection must be able to do for a session, and
// what the transports share. A transport carries encoded frames and knows
// nothing of what is in them.
package transport

import "context"

// Conn is one live connection. Errors are *fault.Fault with the catalogue's
// reason, wherever the peer or the network has said one; never a raw error.
type Conn interface {
	// Send writes one encoded SessionRequest, whole. The frame is the caller's
	// again when Send returns. One goroutine calls it at a time.
	Send(frame []byte) error
	// Receive waits for the next encoded SessionResponse, which is valid until the
	// next call. One goroutine calls it at a time. After an error there is nothing
	// more; the error says why the connection ended.
	Receive() ([]byte, error)
	// Close tells the peer that the client has finished, after what has been sent.
	// Receive goes on until the peer has closed, too. It may take as long as the
	// peer takes; Abort ends that.
	Close()
	// Abort cuts the connection and makes every other call return. It may be called
	// at any time, by any goroutine, again and again.
	Abort()
}

// Dialer makes connections to one server address.
type Dialer interface {
	// Dial connects and presents the token. A refusal that comes before the session
	// starts is an error here, or of the first Receive.
	Dial(ctx context.Context, token string) (Conn, error)
}
