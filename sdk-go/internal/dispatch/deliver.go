package dispatch

import (
	"slices"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// Deliver brings the deliveries of one frame to the subscriptions. It never
// waits for the application. A follower that has brought very much more than the
// leader waits until the leader has caught up or finished.
func (f *Feed) Deliver(batch *wire.Batch) {
	d := f.dispatcher
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closeWindow()
	for i := range batch.Len() {
		delivery, handles := batch.At(i)
		for f == d.follower && d.held.full() {
			d.changed.Wait()
		}
		switch {
		case f == d.leader:
			d.lead(delivery, handles)
		case f == d.follower:
			d.follow(delivery, handles)
		}
	}
}

// lead delivers what the leader brings, to those that have not got it.
func (d *Dispatcher) lead(delivery *wire.Delivery, handles []uint64) {
	got, again := d.window.Get(delivery.ID)
	brought := d.leader.brings(handles)
	for _, route := range brought {
		if !again || !slices.Contains(got, route) {
			deliver(route, delivery)
		}
	}
	d.window.Put(delivery.ID, union(got, brought))
	if d.follower != nil || d.held.any() {
		wasFull := d.held.full()
		d.held.drop(delivery.ID, brought)
		if wasFull {
			d.changed.Broadcast()
		}
	}
}

// follow delivers what the follower brings for routes that the leader does not
// have, holds back what is for the leader's routes, and drops what has been
// delivered. A message may have been delivered to some of its routes only: the
// leader's server ends one subscription after the other.
func (d *Dispatcher) follow(delivery *wire.Delivery, handles []uint64) {
	var waiting, direct []*registry.Route
	got, _ := d.window.Get(delivery.ID)
	for _, route := range d.follower.brings(handles) {
		switch {
		case slices.Contains(got, route):
		case d.leader.has(route):
			waiting = append(waiting, route)
		default:
			deliver(route, delivery)
			direct = append(direct, route)
		}
	}
	if direct != nil {
		d.window.Put(delivery.ID, union(got, direct))
	}
	if waiting != nil {
		d.held.add(delivery, waiting)
	}
}

// release delivers what was held back, in order.
func (d *Dispatcher) release() {
	for _, message := range d.held.takeAll() {
		got, _ := d.window.Get(message.delivery.ID)
		for _, route := range message.routes {
			if !slices.Contains(got, route) {
				deliver(route, &message.delivery)
			}
		}
		d.window.Put(message.delivery.ID, union(got, message.routes))
	}
}

// brings are the routes that handles stand for. Messages in a row mostly have the
// same, so the answer is kept; it is immutable.
func (f *Feed) brings(handles []uint64) []*registry.Route {
	if slices.Equal(handles, f.lastHandles) && f.lastRoutes != nil {
		return f.lastRoutes
	}
	routes := make([]*registry.Route, 0, len(handles))
	for _, handle := range handles {
		if route := f.routes[handle]; route != nil {
			routes = append(routes, route)
		}
	}
	f.lastHandles, f.lastRoutes = append(f.lastHandles[:0], handles...), routes
	return routes
}

// union is both, each once. It changes neither.
func union(a, b []*registry.Route) []*registry.Route {
	if len(a) == 0 {
		return b
	}
	joined := slices.Clip(a)
	for _, route := range b {
		if !slices.Contains(joined, route) {
			joined = append(joined, route)
		}
	}
	return joined
}
