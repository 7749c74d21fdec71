package dispatch

import (
	"slices"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// How much is held back at most: as much as a server queues for one connection
// by default.
const (
	heldMessages = 65536
	heldBytes    = 8 << 20
)

// held is what a follower has brought and the leader has not: a queue from which
// messages are mostly dropped at the front, because both bring the same.
type held struct {
	messages []heldMessage
	first    int             // the number of messages[0]; numbers go up by one
	position map[wire.ID]int // the number of the last entry of each message that is held
	bytes    int
}

// heldMessage is one message for some routes. A message has more than one entry
// when a follower has gone, and the next one brings it for more routes: each
// route has its messages in the order of the follower that brought them.
type heldMessage struct {
	delivery wire.Delivery
	routes   []*registry.Route // nil: dropped
	earlier  int               // the number of the entry before this one; below first: none
}

func newHeld() held { return held{position: make(map[wire.ID]int)} }

func (h *held) any() bool { return len(h.position) > 0 }

func (h *held) full() bool { return len(h.position) >= heldMessages || h.bytes >= heldBytes }

// add holds a message back, after those that are held already, for the routes for
// which it is not held yet.
func (h *held) add(delivery *wire.Delivery, routes []*registry.Route) {
	earlier := -1
	if last, found := h.position[delivery.ID]; found {
		for number := last; number >= h.first; number = h.at(number).earlier {
			routes = without(routes, h.at(number).routes)
		}
		earlier = last
	}
	if len(routes) == 0 {
		return
	}
	h.position[delivery.ID] = h.first + len(h.messages)
	h.messages = append(h.messages, heldMessage{delivery: *delivery, routes: routes, earlier: earlier})
	h.bytes += len(delivery.Payload)
}

// drop forgets a message for some routes, which have got it.
func (h *held) drop(id wire.ID, routes []*registry.Route) {
	last, found := h.position[id]
	if !found {
		return
	}
	left := false
	for number := last; number >= h.first; number = h.at(number).earlier {
		message := h.at(number)
		if message.routes == nil {
			continue
		}
		if message.routes = without(message.routes, routes); len(message.routes) > 0 {
			left = true
			continue
		}
		h.bytes -= len(message.delivery.Payload)
		*message = heldMessage{earlier: message.earlier}
	}
	if left {
		return
	}
	delete(h.position, id)
	for len(h.messages) > 0 && h.messages[0].routes == nil {
		h.messages = h.messages[1:]
		h.first++
	}
}

func (h *held) at(number int) *heldMessage { return &h.messages[number-h.first] }

// without takes some routes away, in place.
func without(routes, some []*registry.Route) []*registry.Route {
	return slices.DeleteFunc(routes, func(route *registry.Route) bool { return slices.Contains(some, route) })
}

// takeAll empties the store and gives what was in it, in order.
func (h *held) takeAll() []heldMessage {
	all := h.messages
	*h = newHeld()
	return all
}
