// Package local is the backplanes inside one process: Alone, for a node that is
// no cluster, and Bus, for several nodes of one program, such as a test.
package local

import (
	"context"
	"sync"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

// Bus connects the members of one process.
type Bus struct {
	mu      sync.RWMutex
	members map[string]*Member
}

// NewBus makes a bus without members.
func NewBus() *Bus { return &Bus{members: map[string]*Member{}} }

// Member makes a membership for the node of that name, which must be unique on
// the bus.
func (b *Bus) Member(node string) *Member {
	return &Member{bus: b, node: node, interests: map[interest]*announced{}}
}

// Member is a node on a bus. It is a backplane.Backplane.
type Member struct {
	bus      *Bus
	node     string
	receiver backplane.Receiver

	mu        sync.RWMutex
	interests map[interest]*announced

	// receiving is read-locked while the receiver is called, so that Close can
	// wait for it.
	receiving sync.RWMutex
	closed    bool // guarded by receiving
}

type interest struct{ tenant, pattern string }

type announced struct {
	pattern     channel.Pattern
	connections int
}

var _ backplane.Backplane = (*Member)(nil)

func left() error {
	return apierror.New(apierror.BackplaneUnavailable, "the node has left the cluster; connect to another one")
}

// Join implements backplane.Backplane.
func (m *Member) Join(_ context.Context, r backplane.Receiver) error {
	m.bus.mu.Lock()
	defer m.bus.mu.Unlock()
	if m.bus.members[m.node] != nil {
		return apierror.Newf(apierror.BackplaneUnavailable,
			"a node %q is on the bus already; give each node a name of its own", m.node)
	}
	m.receiver = r
	m.bus.members[m.node] = m
	return nil
}

// Announce implements backplane.Backplane.
func (m *Member) Announce(ctx context.Context, tenant string, p channel.Pattern) error {
	if err := m.Check(ctx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	key := interest{tenant, p.String()}
	if m.interests[key] == nil {
		m.interests[key] = &announced{pattern: p}
	}
	m.interests[key].connections++
	return nil
}

// Withdraw implements backplane.Backplane.
func (m *Member) Withdraw(tenant string, p channel.Pattern) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := interest{tenant, p.String()}
	if a := m.interests[key]; a != nil {
		if a.connections--; a.connections == 0 {
			delete(m.interests, key)
		}
	}
}

// Broadcast implements backplane.Backplane.
func (m *Member) Broadcast(ctx context.Context, e backplane.Envelope) error {
	if err := m.Check(ctx); err != nil {
		return err
	}
	for _, other := range m.others() {
		if other.matches(e.Tenant, e.Channel) > 0 {
			other.receive(func(r backplane.Receiver) bool { r.Receive(e); return true })
		}
	}
	return nil
}

// Candidates implements backplane.Backplane.
func (m *Member) Candidates(tenant, name string) []backplane.Candidate {
	var found []backplane.Candidate
	for _, other := range m.others() {
		if n := other.matches(tenant, name); n > 0 {
			found = append(found, backplane.Candidate{Node: other.node, Connections: n})
		}
	}
	return found
}

// Send implements backplane.Backplane.
func (m *Member) Send(ctx context.Context, node string, e backplane.Envelope) (bool, error) {
	if err := m.Check(ctx); err != nil {
		return false, err
	}
	m.bus.mu.RLock()
	other := m.bus.members[node]
	m.bus.mu.RUnlock()
	if other == nil {
		return false, nil
	}
	return other.receive(func(r backplane.Receiver) bool { return r.ReceiveOne(e) }), nil
}

// Check implements backplane.Backplane.
func (m *Member) Check(ctx context.Context) error {
	m.receiving.RLock()
	defer m.receiving.RUnlock()
	if m.closed {
		return left()
	}
	return ctx.Err()
}

// Close implements backplane.Backplane.
func (m *Member) Close() error {
	m.bus.mu.Lock()
	if m.bus.members[m.node] == m {
		delete(m.bus.members, m.node)
	}
	m.bus.mu.Unlock()
	m.receiving.Lock()
	defer m.receiving.Unlock()
	m.closed = true
	return nil
}

// others are the other members. A node that is alone gets nil, without an
// allocation.
func (m *Member) others() []*Member {
	m.bus.mu.RLock()
	defer m.bus.mu.RUnlock()
	if len(m.bus.members) < 2 {
		return nil
	}
	others := make([]*Member, 0, len(m.bus.members)-1)
	for _, other := range m.bus.members {
		if other != m {
			others = append(others, other)
		}
	}
	return others
}

func (m *Member) matches(tenant, name string) (connections int) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for key, a := range m.interests {
		if key.tenant == tenant && a.pattern.Match(name) {
			connections += a.connections
		}
	}
	return connections
}

func (m *Member) receive(call func(backplane.Receiver) bool) bool {
	m.receiving.RLock()
	defer m.receiving.RUnlock()
	return !m.closed && call(m.receiver)
}
