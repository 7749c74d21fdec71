package hub

import (
	"math/rand/v2"

	"github.com/fastpubsub/fastpubsub/server/internal/backplane"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/subindex"
)

type group = subindex.Group[*Subscriber]

// deliver queues m for all local matches.
func (h *Hub) deliver(m *Message) {
	result := h.match(m.Tenant, m.Channel)
	if result == nil {
		return
	}
	encoded := unused.Get().(*encodings)
	defer encoded.release()
	for i := range result.Groups {
		g := &result.Groups[i]
		encoded.reset(g)
		for _, s := range g.Subscribers {
			s.outbox.Push(encoded.frame(*s.encoder.Load(), m))
		}
	}
}

// deliverAll queues messages to one tenant and channel for all local matches.
func (h *Hub) deliverAll(messages []*Message) {
	result := h.match(messages[0].Tenant, messages[0].Channel)
	if result == nil {
		return
	}
	encoded := unused.Get().(*encodings)
	defer encoded.release()
	for i := range result.Groups {
		g := &result.Groups[i]
		encoded.reset(g)
		for _, s := range g.Subscribers {
			s.outbox.PushRun(encoded.run(*s.encoder.Load(), messages))
		}
	}
}

// deliverToOne queues m for one local match, drawn at random among those that
// have room for it, otherwise among those that take it at the cost of their
// overflow policy, and says whether there was one.
func (h *Hub) deliverToOne(m *Message) bool {
	result := h.match(m.Tenant, m.Channel)
	if result == nil {
		return false
	}
	first := rand.IntN(result.Total)
	return offer(result, first, m, (*outbox.Outbox).TryPush) || offer(result, first, m, (*outbox.Outbox).Push)
}

// offer offers m to one subscriber after the other, from the first on.
func offer(result *subindex.Result[*Subscriber], first int, m *Message, push func(*outbox.Outbox, *outbox.Frame) bool) bool {
	for i := range result.Total {
		g, s := member(result, (first+i)%result.Total)
		if push(s.outbox, encode(*s.encoder.Load(), m, matches(nil, g))) {
			return true
		}
	}
	return false
}

// member is the n-th subscriber of all groups.
func member(result *subindex.Result[*Subscriber], n int) (*group, *Subscriber) {
	for i := range result.Groups {
		g := &result.Groups[i]
		if n < len(g.Subscribers) {
			return g, g.Subscribers[n]
		}
		n -= len(g.Subscribers)
	}
	panic("hub: more members than the total")
}

// matches puts the patterns of a group into a list, whose storage it may use.
func matches(list []Match, g *group) []Match {
	list = list[:0]
	for _, e := range g.Entries {
		list = append(list, Match{Handle: e.Handle, Pattern: e.Pattern})
	}
	return list
}

func encode(e Encoder, m *Message, matches []Match) *outbox.Frame {
	f := e.EncodeDelivery(m, matches)
	f.PublishedAt = m.PublishedAt
	return f
}

// receiver takes messages from other nodes.
type receiver struct{ hub *Hub }

func message(e backplane.Envelope) *Message {
	return &Message{
		ID:          MessageID{Origin: e.Origin, Sequence: e.Sequence},
		Tenant:      e.Tenant,
		Channel:     e.Channel,
		Payload:     e.Payload,
		PublishedAt: e.PublishedAt,
	}
}

// Receive implements backplane.Receiver.
func (r receiver) Receive(e backplane.Envelope) { r.hub.deliver(message(e)) }

// ReceiveOne implements backplane.Receiver.
func (r receiver) ReceiveOne(e backplane.Envelope) bool { return r.hub.deliverToOne(message(e)) }
