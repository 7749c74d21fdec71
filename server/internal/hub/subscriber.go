package hub

import (
	"sync/atomic"

	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
)

// Subscriber is a connection as the hub sees it: where its messages go, and in
// which form.
type Subscriber struct {
	outbox  *outbox.Outbox
	encoder atomic.Pointer[Encoder]
}

// NewSubscriber makes a subscriber without subscriptions.
func NewSubscriber(o *outbox.Outbox, e Encoder) *Subscriber {
	s := &Subscriber{outbox: o}
	s.SetEncoder(e)
	return s
}

// SetEncoder changes the form of what is delivered from now on.
func (s *Subscriber) SetEncoder(e Encoder) { s.encoder.Store(&e) }
