// Package dispatch brings the deliveries of the client's connections to its
// subscriptions: in order, and each message once, also while the client moves
// from one connection to another (SDK-9).
//
// Each connection has a Feed. Normally there is one, the leader, whose
// deliveries go straight through. While the client moves there is a follower,
// too. Both connections deliver the same messages, but at different speeds, so
// to take whatever comes first would put an old message behind a newer one.
// Therefore a subscription listens to the leader as long as it has one: what the
// follower brings for it is held back, and is dropped when the leader brings it
// the same message. When the leader has finished, what is still held back is
// released, in order, and the follower leads. A window of ids drops what the new
// leader brings although the former one has brought it already.
package dispatch

import (
	"sync"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/dedup"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// windowTime is for how long after a change of leaders the new one's messages
// are compared with the former one's: longer than any message can be under way.
const windowTime = 30 * time.Second

// Dispatcher is one client's. All methods of the types in this package may be
// called concurrently; the deliveries of one Feed come from one goroutine.
type Dispatcher struct {
	mu       sync.Mutex
	changed  sync.Cond // a feed has finished, or held has room again
	leader   *Feed
	follower *Feed
	window   dedup.Window[[]*registry.Route] // of each message, who has got it
	until    time.Time                       // when the window is disarmed; zero: not yet known
	held     held
}

// New makes a dispatcher without a feed.
func New() *Dispatcher {
	d := &Dispatcher{held: newHeld()}
	d.changed.L = &d.mu
	return d
}

// Feed is the deliveries of one connection.
type Feed struct {
	dispatcher *Dispatcher
	routes     map[uint64]*registry.Route // by pattern handle
	handles    map[*registry.Route]uint64
	finished   bool

	lastHandles []uint64 // see brings
	lastRoutes  []*registry.Route
}

// Open starts the feed of a new connection: it leads, or follows a leader that
// has not finished. There are at most two feeds at a time.
func (d *Dispatcher) Open() *Feed {
	d.mu.Lock()
	defer d.mu.Unlock()
	feed := &Feed{dispatcher: d, routes: make(map[uint64]*registry.Route), handles: make(map[*registry.Route]uint64)}
	if d.leader == nil {
		d.leader = feed
		d.closeWindowLater()
		return feed
	}
	d.follower = feed
	d.window.Arm()
	return feed
}

// Bind says that the server gives a handle to a route.
func (f *Feed) Bind(handle uint64, route *registry.Route) {
	f.dispatcher.mu.Lock()
	defer f.dispatcher.mu.Unlock()
	f.routes[handle], f.handles[route] = route, handle
	f.lastRoutes = nil
}

// Unbind says that the connection is not subscribed to a route any more.
func (f *Feed) Unbind(route *registry.Route) {
	f.dispatcher.mu.Lock()
	defer f.dispatcher.mu.Unlock()
	if handle, bound := f.handles[route]; bound {
		delete(f.handles, route)
		delete(f.routes, handle)
		f.lastRoutes = nil
	}
}

// Route is the route that a handle stands for, or nil.
func (f *Feed) Route(handle uint64) *registry.Route {
	f.dispatcher.mu.Lock()
	defer f.dispatcher.mu.Unlock()
	return f.routes[handle]
}

func (f *Feed) has(route *registry.Route) bool {
	_, bound := f.handles[route]
	return bound
}

// Finish says that nothing comes from this feed any more; again changes nothing.
// When the leader finishes, what was held back is released and the follower
// leads.
func (f *Feed) Finish() {
	d := f.dispatcher
	d.mu.Lock()
	defer d.mu.Unlock()
	if f.finished {
		return
	}
	f.finished = true
	switch f {
	case d.leader:
		d.leader, d.follower = d.follower, nil
		d.window.Arm()
		d.until = time.Time{}
		d.release()
		if d.leader != nil {
			d.closeWindowLater()
		}
	case d.follower:
		d.follower = nil
	}
	d.changed.Broadcast()
}

func (d *Dispatcher) closeWindowLater() { d.until = time.Now().Add(windowTime) }

// closeWindow disarms the window when its time has come.
func (d *Dispatcher) closeWindow() {
	if d.window.Armed() && d.follower == nil && !d.until.IsZero() && time.Now().After(d.until) {
		d.window.Disarm()
	}
}

// Lost says that the server dropped messages of this connection.
func (f *Feed) Lost(messages uint64) {
	f.dispatcher.mu.Lock()
	defer f.dispatcher.mu.Unlock()
	for route := range f.handles {
		for _, box := range route.Inboxes() {
			box.PushLost(messages)
		}
	}
}

func deliver(route *registry.Route, delivery *wire.Delivery) {
	for _, box := range route.Inboxes() {
		box.Push(delivery)
	}
}
