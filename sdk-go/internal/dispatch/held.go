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
	position map[wire.ID]int // the number of each message that is not dropped
	bytes    int
}

type heldMessage struct {
	delivery wire.Delivery
	routes   []*registry.Route // nil: dropped
}

func newHeld() held { return held{position: make(map[wire.ID]int)} }

func (h *held) any() bool { return len(h.position) > 0 }

func (h *held) full() bool { return len(h.position) >= heldMessages || h.bytes >= heldBytes }

// add holds a message back, after those that are held already. A message that is
// held already, from a follower that has gone, is not added again.
func (h *held) add(delivery *wire.Delivery, routes []*registry.Route) {
	if _, found := h.position[delivery.ID]; found {
		return
	}
	h.position[delivery.ID] = h.first + len(h.messages)
	h.messages = append(h.messages, heldMessage{delivery: *delivery, routes: routes})
	h.bytes += len(delivery.Payload)
}

// drop forgets a message for some routes, which have got it.
func (h *held) drop(id wire.ID, routes []*registry.Route) {
	number, found := h.position[id]
	if !found {
		return
	}
	message := &h.messages[number-h.first]
	message.routes = slices.DeleteFunc(message.routes, func(route *registry.Route) bool { return slices.Contains(routes, route) })
	if len(message.routes) > 0 {
		return
	}
	delete(h.position, id)
	h.bytes -= len(message.delivery.Payload)
	*message = heldMessage{}
	for len(h.messages) > 0 && h.messages[0].routes == nil {
		h.messages = h.messages[1:]
		h.first++
	}
}

// takeAll empties the store and gives what was in it, in order.
func (h *held) takeAll() []heldMessage {
	all := h.messages
	*h = newHeld()
	return all
}
