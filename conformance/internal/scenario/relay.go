package scenario

import (
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/faultproxy"
	"github.com/fastpubsub/fastpubsub/conformance/internal/relay"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Relay is between clients and the case's node, and asks clients to move.
type Relay struct {
	s     *S
	inner *relay.Relay
	proxy *faultproxy.Proxy // before the relay
}

// Relay starts a relay before the case's node, which has no TLS, and a network of
// the case's own before the relay.
func (s *S) Relay() *Relay {
	node := s.Node()
	inner, err := relay.New(node.address(WebSocket), node.address(GRPC))
	s.Must(err)
	s.Cleanup(inner.Close)
	r := &Relay{s: s, inner: inner}
	r.proxy, err = faultproxy.New(r.address())
	s.Must(err)
	s.Cleanup(r.proxy.Close)
	return r
}

func (r *Relay) address() string {
	if r.s.Transport == GRPC {
		return r.inner.GRPCAddr()
	}
	return r.inner.HTTPAddr()
}

// URL is where clients connect.
func (r *Relay) URL() string { return r.s.URLOf(r.proxy.Addr()) }

// Refuse ends all connections and refuses new ones, until Accept.
func (r *Relay) Refuse() {
	r.s.trace.add("= connections to the relay are cut, and refused")
	r.proxy.SetTarget("")
	r.proxy.Cut()
}

// Accept ends Refuse.
func (r *Relay) Accept() {
	r.s.trace.add("= connections to the relay are accepted again")
	r.proxy.SetTarget(r.address())
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
