// Package nodetest is a small server for tests of the SDK: it speaks the session
// protocol over real gRPC and WebSocket connections on the loopback, delivers
// messages among its nodes, and can refuse, drain and cut connections on demand.
// It checks neither rights nor limits.
package nodetest

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Cluster is some nodes that deliver each other's messages.
type Cluster struct {
	sequence atomic.Uint64

	mu    sync.Mutex
	nodes []*Node
}

// NewCluster makes a cluster without a node.
func NewCluster() *Cluster { return &Cluster{} }

// publish delivers a message to every session that matches, or to one of them.
func (c *Cluster) publish(m *fastpubsubv1.OutgoingMessage) {
	delivery := &fastpubsubv1.Delivery{
		IdOrigin: 1, IdSequence: c.sequence.Add(1), PublishedAtUnixNanos: uint64(time.Now().UnixNano()), //nolint:gosec // after 1970
		Tenant: m.GetTenant(), Channel: m.GetChannel(), Payload: m.GetPayload(),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var matching []*session
	for _, node := range c.nodes {
		matching = append(matching, node.matching(m.GetTenant(), m.GetChannel())...)
	}
	if one := m.GetDeliveryMode() >= fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_LOW_LATENCY; one && len(matching) > 0 {
		matching = matching[rand.IntN(len(matching)):][:1]
	}
	for _, s := range matching {
		s.deliver(delivery)
	}
}
