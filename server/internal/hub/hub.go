// Package hub is the fan-out: a message goes in, and a frame of it goes to the
// outbox of every connection with a match.
//
// A publish looks its channel up once. It is encoded once for each set of
// matching patterns and wire, and the connections share the bytes. Nothing is
// locked but, for the moment of a push, each outbox.
package hub

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/backplane"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/fastpubsub/fastpubsub/server/internal/subindex"
)

// index is the subscriptions of one tenant.
type index = subindex.Index[*Subscriber]

// Hub is the subscriptions of a node, and its way to those of other nodes. Any
// goroutine may use it.
type Hub struct {
	backplane backplane.Backplane
	origin    uint64
	sequence  atomic.Uint64
	handles   atomic.Uint64
	tenants   sync.Map // tenant → *index, only of tenants with subscriptions
}

// New makes a hub and joins it to the backplane, which stays the caller's to
// close.
func New(ctx context.Context, b backplane.Backplane) (*Hub, error) {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	h := &Hub{backplane: b, origin: binary.LittleEndian.Uint64(random[:])}
	if err := b.Join(ctx, receiver{h}); err != nil {
		return nil, err
	}
	return h, nil
}

// Subscribe adds a subscription, confirmed by the backplane (DL-5), and says
// what it is called in deliveries. A repeated one changes nothing. After an
// error there is no subscription.
func (h *Hub) Subscribe(ctx context.Context, s *Subscriber, tenant string, p channel.Pattern) (Match, error) {
	entry, added := h.add(s, tenant, p)
	match := Match{Handle: entry.Handle, Pattern: entry.Pattern}
	if !added {
		return match, nil
	}
	if err := h.backplane.Announce(ctx, tenant, p); err != nil {
		h.remove(s, tenant, p)
		return Match{}, err
	}
	return match, nil
}

func (h *Hub) add(s *Subscriber, tenant string, p channel.Pattern) (*subindex.Entry[*Subscriber], bool) {
	for {
		found, ok := h.tenants.Load(tenant)
		if !ok {
			found, _ = h.tenants.LoadOrStore(tenant, subindex.New[*Subscriber](h.nextHandle))
		}
		if entry, added, _, ok := found.(*index).Add(p, s); ok {
			return entry, added
		}
		h.tenants.CompareAndDelete(tenant, found) // it was retired meanwhile
	}
}

func (h *Hub) nextHandle() uint64 { return h.handles.Add(1) }

// Unsubscribe ends a subscription, and says whether there was one.
func (h *Hub) Unsubscribe(s *Subscriber, tenant string, p channel.Pattern) bool {
	removed := h.remove(s, tenant, p)
	if removed {
		h.backplane.Withdraw(tenant, p)
	}
	return removed
}

func (h *Hub) remove(s *Subscriber, tenant string, p channel.Pattern) bool {
	found, ok := h.tenants.Load(tenant)
	if !ok {
		return false
	}
	removed, last := found.(*index).Remove(p, s)
	if last && found.(*index).Retire() {
		h.tenants.CompareAndDelete(tenant, found)
	}
	return removed
}

// Check says whether the backplane is connected.
func (h *Hub) Check(ctx context.Context) error { return h.backplane.Check(ctx) }

func (h *Hub) match(tenant, name string) *subindex.Result[*Subscriber] {
	found, ok := h.tenants.Load(tenant)
	if !ok {
		return nil
	}
	return found.(*index).Match(name)
}

// stamp makes m a message of this node.
func (h *Hub) stamp(m *Message) {
	m.ID = MessageID{Origin: h.origin, Sequence: h.sequence.Add(1)}
	m.PublishedAt = time.Now().UnixNano()
}
