package session

import (
	"sync"

	"github.com/fastpubsub/fastpubsub/server/internal/hub"
)

// keepRun is the longest run whose storage is kept for the next batch.
const keepRun = 1024

// runs are runs for batches: a session needs one only while it publishes.
var runs = sync.Pool{New: func() any { return new(run) }}

// run is messages that are published together: broadcasts to one tenant and
// channel, or one message of another kind.
type run struct {
	messages     []*hub.Message
	requests     []*Request
	storage      []hub.Message
	acknowledged []Request
}

// newRun is an empty run with room for a batch of n messages.
func newRun(n int) *run {
	r := runs.Get().(*run)
	if cap(r.storage) < n {
		r.storage = make([]hub.Message, 0, n)
		r.messages = make([]*hub.Message, 0, n)
		r.requests = make([]*Request, 0, n)
	}
	r.acknowledged = r.acknowledged[:0]
	return r
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

// release lets go of the payloads and gives the run back.
func (r *run) release() {
	clear(r.storage)
	clear(r.acknowledged)
	r.storage = r.storage[:0]
	if cap(r.storage) <= keepRun {
		runs.Put(r)
	}
}
