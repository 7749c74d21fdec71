package session

import (
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
)

// Welcome is what the first frame of a session says.
type Welcome struct {
	// SessionID names the session in the server's logs.
	SessionID string
	// Node and Version are the node's name and the server's version.
	Node, Version string
	// Limits are the limits in force.
	Limits Limits
	// KeepAlive is the interval of the server's keep-alive pings.
	KeepAlive time.Duration
	// ExpiresAt is when the session's token expires.
	ExpiresAt time.Time
}

// Success answers commands that succeeded.
type Success struct {
	// Requests are the commands, at least one; several only for publishes.
	Requests []Request
	// Handle is the pattern handle, when the command was a subscribe.
	Handle uint64
	// ExpiresAt is when the new token expires, when the command was an
	// authenticate.
	ExpiresAt time.Time
}

// Codec turns what a session says into frames of one wire. It has no state; any
// goroutine may call it. A method may return nil: this wire says nothing there.
type Codec interface {
	hub.Encoder
	// Welcome is the first frame.
	Welcome(Welcome) *outbox.Frame
	// Success answers commands that succeeded.
	Success(Success) *outbox.Frame
	// Failure answers a command that was refused, or says why the session is
	// about to be closed (closes).
	Failure(r Request, err *apierror.Error, closes bool) *outbox.Frame
	// Lost says how many messages were dropped since the last such frame.
	Lost(messages uint64) *outbox.Frame
	// SubscriptionEnded says that the server ended a subscription.
	SubscriptionEnded(tenant string, m hub.Match, err *apierror.Error) *outbox.Frame
	// GoAway asks the client to move to another connection.
	GoAway(err *apierror.Error, untilClose time.Duration) *outbox.Frame
}

// Transport is the connection under a session.
type Transport interface {
	outbox.Writer
	// Close ends the connection, with the reason's close code or status; nil is
	// a normal end. The session calls it once, after what was queued has been
	// written or the time for that ran out. It unblocks a WriteFrames in
	// progress and the transport's reader.
	Close(cause *apierror.Error)
}
