package outbox

import (
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
)

// Command is what is queued beside publishes: a route to sync, or, without one, a
// ping.
type Command struct {
	Route   *registry.Route
	Receipt *receipt.Receipt // nil: nobody waits
}

// Sync queues the comparison of a route with what the connection has been told.
// The receipt, which may be nil, completes when the server knows.
func (o *Outbox) Sync(route *registry.Route, r *receipt.Receipt) {
	o.command(Command{Route: route, Receipt: r})
}

// Ping queues a ping. Its receipt completes when the server has handled
// everything that was queued before.
func (o *Outbox) Ping() *receipt.Receipt {
	r := receipt.New()
	o.command(Command{Receipt: r})
	return r
}

// command queues a command, also when publishes are sealed.
func (o *Outbox) command(c Command) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed {
		c.Receipt.Complete(o.sealed)
		return
	}
	o.push(entry{kind: command, command: c})
}
