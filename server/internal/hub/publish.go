package hub

import (
	"context"
	"math/rand/v2"

	"github.com/fastpubsub/fastpubsub/server/internal/backplane"
)

// Publish accepts a message, which must be valid and allowed: it gets its id
// and its time, it is queued for the local matches and handed to the backplane
// (DL-9). An error means that the backplane did not take it; local matches may
// have it all the same.
func (h *Hub) Publish(ctx context.Context, m *Message) error {
	h.stamp(m)
	if m.Mode == Broadcast {
		h.deliver(m)
		return h.backplane.Broadcast(ctx, envelope(m))
	}
	return h.deliverOne(ctx, m)
}

// PublishAll is Publish for broadcasts to one tenant and channel: each
// connection is touched once for all of them. It stops at the first message
// that the backplane does not take, and says how many it took.
func (h *Hub) PublishAll(ctx context.Context, messages []*Message) (int, error) {
	for _, m := range messages {
		h.stamp(m)
	}
	h.deliverAll(messages)
	for i, m := range messages {
		if err := h.backplane.Broadcast(ctx, envelope(m)); err != nil {
			return i, err
		}
	}
	return len(messages), nil
}

func envelope(m *Message) backplane.Envelope {
	return backplane.Envelope{
		Origin:      m.ID.Origin,
		Sequence:    m.ID.Sequence,
		Tenant:      m.Tenant,
		Channel:     m.Channel,
		Payload:     m.Payload,
		PublishedAt: m.PublishedAt,
	}
}

// deliverOne gives m to one connection of the cluster (DL-6). Low latency asks
// this node first; random draws a node by how many connections it has.
func (h *Hub) deliverOne(ctx context.Context, m *Message) error {
	candidates := h.backplane.Candidates(m.Tenant, m.Channel)
	local := 0
	if result := h.match(m.Tenant, m.Channel); result != nil {
		local = result.Total
	}
	for local > 0 || len(candidates) > 0 {
		at := pick(local, candidates, m.Mode)
		if at < 0 {
			if h.deliverToOne(m) {
				return nil
			}
			local = 0
			continue
		}
		taken, err := h.backplane.Send(ctx, candidates[at].Node, envelope(m))
		if taken || err != nil {
			return err
		}
		candidates = append(candidates[:at], candidates[at+1:]...)
	}
	return nil
}

// pick draws a candidate; -1 is this node.
func pick(local int, candidates []backplane.Candidate, mode Mode) int {
	if mode == OneLowLatency && local > 0 {
		return -1
	}
	total := local
	for _, c := range candidates {
		total += c.Connections
	}
	drawn := rand.IntN(total) - local
	if drawn < 0 {
		return -1
	}
	for i, c := range candidates {
		if drawn -= c.Connections; drawn < 0 {
			return i
		}
	}
	return len(candidates) - 1
}
