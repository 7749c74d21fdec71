package nodetest

import (
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Refusal is why a node does not take a connection or ends it.
type Refusal struct {
	Reason fastpubsubv1.ErrorReason
	Text   string
}

// Node is one server of a cluster.
type Node struct {
	// Welcome is what the node says first; tests change it before they connect.
	Welcome *fastpubsubv1.Welcome
	// Admit, if set, may refuse a token.
	Admit func(token string) *Refusal
	// Allow, if set, may refuse a command: a subscribe's pattern or a publish's
	// channel.
	Allow func(name string) *Refusal

	cluster *Cluster

	mu       sync.Mutex
	sessions map[*session]struct{}
	begun    int                  // sessions, ever
	handles  map[[2]string]uint64 // of (tenant, pattern) pairs, the same for every session
	draining bool
	tokens   []string // seen, at connect and with authenticate
}

// NewNode adds a node.
func (c *Cluster) NewNode(name string) *Node {
	n := &Node{
		Welcome: &fastpubsubv1.Welcome{
			SessionId: "session", Node: name, ServerVersion: "test", KeepAliveInterval: durationpb.New(20 * time.Second),
			Limits: &fastpubsubv1.Limits{MaxTenantBytes: 128, MaxChannelBytes: 256, MaxPayloadBytes: 65535, MaxSubscriptions: 1000, MaxFrameBytes: 1 << 20},
		},
		cluster: c, sessions: make(map[*session]struct{}), handles: make(map[[2]string]uint64),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nodes = append(c.nodes, n)
	return n
}

// Drain makes the node refuse new connections and ask the others to move.
func (n *Node) Drain(untilClose time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.draining = true
	for s := range n.sessions {
		s.send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_GoAway{GoAway: &fastpubsubv1.GoAway{
			Reason: fastpubsubv1.ErrorReason_ERROR_REASON_DRAINING, Message: "the server restarts", TimeUntilClose: durationpb.New(untilClose),
		}}})
	}
}

// Undrain makes the node take connections again.
func (n *Node) Undrain() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.draining = false
}

// End ends every session with a reason; nil cuts the connections without a word.
func (n *Node) End(refusal *Refusal) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for s := range n.sessions {
		s.end(refusal)
	}
}

// Sessions is how many sessions there are.
func (n *Node) Sessions() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.sessions)
}

// Begun is how many sessions there have ever been.
func (n *Node) Begun() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.begun
}

// Tokens are the tokens that have been presented, in order.
func (n *Node) Tokens() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.tokens...)
}

// admit takes a token or refuses it.
func (n *Node) admit(token string) *Refusal {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tokens = append(n.tokens, token)
	if n.draining {
		return &Refusal{fastpubsubv1.ErrorReason_ERROR_REASON_DRAINING, "the server restarts"}
	}
	if n.Admit != nil {
		return n.Admit(token)
	}
	return nil
}

func (n *Node) allow(name string) *Refusal {
	if n.Allow != nil {
		return n.Allow(name)
	}
	return nil
}

func (n *Node) handle(tenant, pattern string) uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := [2]string{tenant, pattern}
	if n.handles[key] == 0 {
		n.handles[key] = uint64(len(n.handles)) + 1
	}
	return n.handles[key]
}

func (n *Node) matching(tenant, channel string) (matching []*session) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for s := range n.sessions {
		if s.matches(tenant, channel) {
			matching = append(matching, s)
		}
	}
	return matching
}
