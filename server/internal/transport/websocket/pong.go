package websocket

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
)

// pongs are the answers to a client's pings. At most one is queued: pings that
// arrive before it has been written share the next one, which answers the newest
// of them (RFC 6455, section 5.5.3), behind everything that was queued before
// that ping. So a client that pings and never reads costs two frames.
type pongs struct {
	// queued has been handed to the session and is not written yet. It is set
	// with mu held.
	queued atomic.Pointer[outbox.Frame]

	mu   sync.Mutex
	next *outbox.Frame // the Pong that waits for that; nil: none does
}

// answer takes a Pong, a whole frame. The result is to be sent now; nil: it waits.
func (p *pongs) answer(frame []byte) *outbox.Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := &outbox.Frame{Kind: outbox.KindWire, Data: frame}
	if p.queued.Load() != nil {
		p.next = f
		return nil
	}
	p.queued.Store(f)
	return f
}

// written is told which frames have been written. The result is to be sent now;
// nil: nothing is.
func (p *pongs) written(frames []*outbox.Frame) *outbox.Frame {
	queued := p.queued.Load()
	if queued == nil || !slices.Contains(frames, queued) {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	next := p.next
	p.next = nil
	p.queued.Store(next)
	return next
}
