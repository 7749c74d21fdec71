// Package registry is what the application wants to receive, and what each
// connection has been told of it. The application joins and leaves patterns; a
// connection compares, at the moment when it can send, what is wanted with what
// it has sent (Ledger.Sync). So however calls and connections interleave, the
// newest wish wins, and after a reconnect everything is simply missing.
package registry

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/inbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
)

type key struct{ tenant, pattern string }

// Registry is the patterns of one client. All methods of the types in this
// package may be called concurrently.
type Registry struct {
	mu     sync.Mutex
	routes map[key]*Route
	ended  *fault.Fault
}

// New makes an empty registry.
func New() *Registry { return &Registry{routes: make(map[key]*Route)} }

// Route is one (tenant, pattern) pair on the wire, shared by every local
// subscription to it. Its identity is stable while it is wanted or some
// connection has been told of it.
type Route struct {
	Tenant, Pattern string

	inboxes atomic.Pointer[[]*inbox.Inbox] // replaced as a whole, read without a lock
	members []*Member                      // guarded by Registry.mu, as all below
	leaving []*Member                      // get deliveries, but do not count as a wish
	told    int                            // connections that have been sent a subscribe
	live    int                            // connections that have acknowledged it
}

// Member is one local subscription.
type Member struct {
	route *Route
	box   *inbox.Inbox
	ready *receipt.Receipt
}

// Ready completes when a connection has acknowledged the pattern.
func (m *Member) Ready() *receipt.Receipt { return m.ready }

// Route is the pattern of the subscription.
func (m *Member) Route() *Route { return m.route }

// Inboxes are the buffers of the local subscriptions. The slice must not be
// changed.
func (r *Route) Inboxes() []*inbox.Inbox { return *r.inboxes.Load() }

// Join adds a local subscription. It fails when the registry has ended. The
// caller then asks for a sync of the member's route.
func (r *Registry) Join(tenant, pattern string, box *inbox.Inbox) (*Member, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended != nil {
		return nil, r.ended
	}
	k := key{tenant, pattern}
	route := r.routes[k]
	if route == nil {
		route = &Route{Tenant: tenant, Pattern: pattern}
		r.routes[k] = route
	}
	member := &Member{route: route, box: box, ready: receipt.New()}
	route.setMembers(append(route.members, member))
	if route.live > 0 {
		member.ready.Complete(nil)
	}
	return member, nil
}

// Leave removes a local subscription; again changes nothing. It says whether it
// was the last one of its route: the caller then asks for a sync.
func (r *Registry) Leave(m *Member) (last bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	route := m.route
	wanted := len(route.members) > 0
	route.leaving = without(route.leaving, m)
	route.setMembers(without(route.members, m))
	r.forget(route)
	return wanted && len(route.members) == 0
}

// Depart is Leave, but the local subscription goes on to get deliveries until
// Leave removes it. It is false, too, when there is no connection that would
// have to be told.
func (r *Registry) Depart(m *Member) (last bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	route := m.route
	if !slices.Contains(route.members, m) {
		return false
	}
	route.leaving = append(without(route.leaving, m), m)
	route.setMembers(without(route.members, m))
	return len(route.members) == 0 && route.told > 0
}

// without is a copy that does not have m.
func without(members []*Member, m *Member) []*Member {
	return slices.DeleteFunc(slices.Clone(members), func(other *Member) bool { return other == m })
}

// End ends every local subscription, now and in the future: with the cause, or
// quietly (inbox.ErrClosed) when the application itself has closed the client.
func (r *Registry) End(cause *fault.Fault, quietly bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended != nil {
		return
	}
	r.ended = cause
	for _, route := range r.routes {
		route.end(cause, quietly)
		r.forget(route)
	}
}

func (m *Member) end(cause *fault.Fault, quietly bool) {
	m.ready.Complete(cause)
	if quietly {
		m.box.Close()
	} else {
		m.box.End(cause)
	}
}

// setMembers replaces the members and the inboxes that deliveries go to.
func (r *Route) setMembers(members []*Member) {
	r.members = members
	inboxes := make([]*inbox.Inbox, 0, len(members)+len(r.leaving))
	for _, member := range slices.Concat(members, r.leaving) {
		inboxes = append(inboxes, member.box)
	}
	r.inboxes.Store(&inboxes)
}

// end ends the route's local subscriptions.
func (r *Route) end(cause *fault.Fault, quietly bool) {
	for _, member := range slices.Concat(r.members, r.leaving) {
		member.end(cause, quietly)
	}
	r.leaving = nil
	r.setMembers(nil)
}

// forget drops a route that is neither wanted nor known to a connection.
func (r *Registry) forget(route *Route) {
	k := key{route.Tenant, route.Pattern}
	if len(route.members)+len(route.leaving) == 0 && route.told == 0 && r.routes[k] == route {
		delete(r.routes, k)
	}
}
