package session

import "github.com/fastpubsub/fastpubsub/server/internal/hub"

// keepRun is the longest run whose storage a session keeps.
const keepRun = 4

// run is messages that are published together: broadcasts to one tenant and
// channel, or one message of another kind.
type run struct {
	messages     []*hub.Message
	requests     []*Request
	storage      []hub.Message
	acknowledged []Request
}

// reset makes room for a batch of n messages.
func (r *run) reset(n int) {
	if cap(r.storage) < n {
		r.storage = make([]hub.Message, 0, n)
		r.messages = make([]*hub.Message, 0, n)
		r.requests = make([]*Request, 0, n)
	}
	r.acknowledged = r.acknowledged[:0]
}

// takes says whether the publication may join what is there.
func (r *run) takes(tenant string, p *Publication) bool {
	if len(r.messages) == 0 {
		return true
	}
	first := r.messages[0]
	return first.Mode == hub.Broadcast && p.Mode == hub.Broadcast && first.Channel == p.Request.Name && first.Tenant == tenant
}

func (r *run) add(tenant string, p *Publication) {
	r.storage = append(r.storage, hub.Message{Tenant: tenant, Channel: p.Request.Name, Payload: p.Payload, Mode: p.Mode})
	r.messages = append(r.messages, &r.storage[len(r.storage)-1])
	r.requests = append(r.requests, &p.Request)
}

// clear forgets the messages, whose storage is used again by the next batch.
func (r *run) clear() { r.messages, r.requests = r.messages[:0], r.requests[:0] }

// release keeps small storage only, and lets go of the payloads.
func (r *run) release() {
	clear(r.storage)
	clear(r.acknowledged)
	if cap(r.storage) > keepRun {
		*r = run{}
		return
	}
	r.storage = r.storage[:0]
}
