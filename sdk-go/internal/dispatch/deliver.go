package dispatch

import (
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

// lead delivers what the leader brings, unless the former leader brought it.
func (d *Dispatcher) lead(delivery *wire.Delivery, handles []uint64) {
	again := d.window.Contains(delivery.ID)
	for _, handle := range handles {
		route := d.leader.routes[handle]
		if route == nil || again && d.former.has(route) {
			continue
		}
		deliver(route, delivery)
	}
	d.window.Add(delivery.ID)
	if d.follower != nil || d.held.any() {
		wasFull := d.held.full()
		d.held.drop(delivery.ID)
		if wasFull {
			d.changed.Broadcast()
		}
	}
}

// follow delivers what the follower brings for routes that the leader does not
// have, holds back what is for the leader's routes, and drops what the leader
// has brought.
func (d *Dispatcher) follow(delivery *wire.Delivery, handles []uint64) {
	var waiting []*registry.Route
	again := d.window.Contains(delivery.ID)
	for _, handle := range handles {
		switch route := d.follower.routes[handle]; {
		case route == nil:
		case !d.leader.has(route):
			deliver(route, delivery)
		case !again:
			waiting = append(waiting, route)
		}
	}
	if waiting != nil {
		d.held.add(delivery, waiting)
	}
}

// release delivers what was held back, in order.
func (d *Dispatcher) release() {
	for _, message := range d.held.takeAll() {
		for _, route := range message.routes {
			deliver(route, &message.delivery)
		}
		d.window.Add(message.delivery.ID)
	}
}
