package scenario

import (
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/relay"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Relay is between clients and the case's node, and asks clients to move.
type Relay struct {
	s     *S
	inner *relay.Relay
}

// Relay starts a relay before the case's node, which has no TLS.
func (s *S) Relay() *Relay {
	node := s.Node()
	inner, err := relay.New(node.address(WebSocket), node.address(GRPC))
	s.Must(err)
	s.Cleanup(inner.Close)
	return &Relay{s: s, inner: inner}
}

// URL is where clients connect.
func (r *Relay) URL() string {
	if r.s.Transport == GRPC {
		return r.s.URLOf(r.inner.GRPCAddr())
	}
	return r.s.URLOf(r.inner.HTTPAddr())
}

// Move asks every client that is connected now to move, and lets its old
// connection be slower than the new one.
func (r *Relay) Move(within, lag time.Duration) {
	r.s.trace.add("= the relay asks everybody to move within %s", within)
	r.inner.Move(within, lag)
}

// PublishFrames is how many frames with publishes have come from clients.
func (r *Relay) PublishFrames() int { return r.inner.PublishFrames() }

// End ends every session as the server does for a reason of the catalogue; told:
// it says so in a frame before.
func (r *Relay) End(reason string, told bool) {
	r.s.trace.add("= the relay ends every session: %s", reason)
	r.inner.End(fastpubsubv1.ErrorReason(fastpubsubv1.ErrorReason_value["ERROR_REASON_"+reason]), told)
}

// Leaving is how many connections are still there whose clients were asked to
// move.
func (r *Relay) Leaving() int { return r.inner.Leaving() }
