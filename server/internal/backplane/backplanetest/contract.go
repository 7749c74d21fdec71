// Package backplanetest is the contract that every backplane passes.
package backplanetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

// Run checks the contract against clusters that newCluster makes, of n nodes
// that have not joined yet. maxNodes is how many an implementation can have; 1
// is a node that is no cluster.
func Run(t *testing.T, maxNodes int, newCluster func(t *testing.T, n int) []backplane.Backplane) {
	t.Run("a node alone", func(t *testing.T) { nodeAlone(t, newCluster(t, 1)[0]) })
	t.Run("closing", func(t *testing.T) { closing(t, newCluster(t, 1)[0]) })
	if maxNodes == 1 {
		return
	}
	t.Run("interest decides who gets a broadcast", func(t *testing.T) { interest(t, newCluster(t, 3)) })
	t.Run("order", func(t *testing.T) { order(t, newCluster(t, 2)) })
	t.Run("exactly one", func(t *testing.T) { exactlyOne(t, newCluster(t, 3)) })
	t.Run("a node that left", func(t *testing.T) { left(t, newCluster(t, 2)) })
	t.Run("concurrency", func(t *testing.T) { concurrency(t, newCluster(t, 3)) })
}

// node records what it receives.
type node struct {
	backplane.Backplane
	t        *testing.T
	received chan backplane.Envelope
	takes    bool // what ReceiveOne answers
}

func (n *node) Receive(e backplane.Envelope) {
	e.Payload = append([]byte(nil), e.Payload...)
	n.received <- e
}

func (n *node) ReceiveOne(e backplane.Envelope) bool {
	if n.takes {
		n.Receive(e)
	}
	return n.takes
}

func join(t *testing.T, members ...backplane.Backplane) []*node {
	nodes := make([]*node, len(members))
	for i, member := range members {
		nodes[i] = &node{Backplane: member, t: t, received: make(chan backplane.Envelope, 10_000), takes: true}
		require.NoError(t, member.Join(t.Context(), nodes[i]))
		t.Cleanup(func() { assert.NoError(t, member.Close()) })
	}
	return nodes
}

func pattern(t *testing.T, text string) channel.Pattern {
	p, err := channel.ParsePattern(text, channel.MaxChannelBytes)
	require.NoError(t, err)
	return p
}

func envelope(tenant, name string, sequence uint64) backplane.Envelope {
	return backplane.Envelope{
		Origin: 1, Sequence: sequence, Tenant: tenant, Channel: name,
		Payload: []byte(fmt.Sprint(sequence)), PublishedAt: 42,
	}
}

func (n *node) announce(tenant, text string) {
	require.NoError(n.t, n.Announce(n.t.Context(), tenant, pattern(n.t, text)))
}

func (n *node) broadcast(e backplane.Envelope) {
	require.NoError(n.t, n.Broadcast(n.t.Context(), e))
}

// expect takes the next envelope, and wants it to be e. Envelopes that must not
// come are followed by one that must, so nothing is waited for in vain.
func (n *node) expect(e backplane.Envelope) {
	n.t.Helper()
	select {
	case got := <-n.received:
		require.Equal(n.t, e, got)
	case <-n.t.Context().Done():
		n.t.Fatal("nothing arrived")
	}
}

func nodeAlone(t *testing.T, member backplane.Backplane) {
	alone := join(t, member)[0]
	alone.announce("t", "a.#")
	alone.broadcast(envelope("t", "a.b", 1))
	assert.Empty(t, alone.Candidates("t", "a.b"), "a node is no candidate of its own")
	taken, err := alone.Send(t.Context(), "nobody", envelope("t", "a.b", 2))
	assert.NoError(t, err)
	assert.False(t, taken)
	alone.Withdraw("t", pattern(t, "a.#"))
	alone.Withdraw("t", pattern(t, "never.announced"))
	assert.NoError(t, alone.Check(t.Context()))
	assert.Empty(t, alone.received, "a node does not get what it broadcasts")
}

func closing(t *testing.T, member backplane.Backplane) {
	closed := join(t, member)[0]
	require.NoError(t, closed.Close())
	require.NoError(t, closed.Close(), "a second time changes nothing")
	ctx := t.Context()
	for _, err := range []error{
		closed.Check(ctx),
		closed.Announce(ctx, "t", pattern(t, "a")),
		closed.Broadcast(ctx, envelope("t", "a", 1)),
	} {
		assert.Equal(t, apierror.BackplaneUnavailable, apierror.ReasonOf(err))
	}
}

func interest(t *testing.T, members []backplane.Backplane) {
	nodes := join(t, members...)
	nodes[1].announce("t", "a.*")
	nodes[2].announce("other", "a.*")
	nodes[2].announce("t", "end")
	nodes[0].broadcast(envelope("t", "a.b", 1))
	nodes[1].expect(envelope("t", "a.b", 1))

	nodes[1].announce("t", "a.*")
	nodes[1].Withdraw("t", pattern(t, "a.*"))
	nodes[0].broadcast(envelope("t", "a.b", 2))
	nodes[1].expect(envelope("t", "a.b", 2))

	nodes[0].broadcast(envelope("t", "end", 3))
	nodes[2].expect(envelope("t", "end", 3))
	nodes[0].broadcast(envelope("other", "a.b", 4))
	nodes[2].expect(envelope("other", "a.b", 4))
}

func order(t *testing.T, members []backplane.Backplane) {
	nodes := join(t, members...)
	nodes[1].announce("t", "#")
	for i := range uint64(1000) {
		nodes[0].broadcast(envelope("t", "a", i))
	}
	for i := range uint64(1000) {
		nodes[1].expect(envelope("t", "a", i))
	}
}

func exactlyOne(t *testing.T, members []backplane.Backplane) {
	nodes := join(t, members...)
	nodes[1].announce("t", "a")
	nodes[1].announce("t", "#")
	nodes[2].announce("t", "b")
	found := nodes[0].Candidates("t", "a")
	require.Len(t, found, 1)
	assert.GreaterOrEqual(t, found[0].Connections, 1)
	taken, err := nodes[0].Send(t.Context(), found[0].Node, envelope("t", "a", 1))
	require.NoError(t, err)
	assert.True(t, taken)
	nodes[1].expect(envelope("t", "a", 1))

	nodes[1].takes = false
	taken, err = nodes[0].Send(t.Context(), found[0].Node, envelope("t", "a", 2))
	require.NoError(t, err)
	assert.False(t, taken)
	assert.Empty(t, nodes[1].received)
	assert.Empty(t, nodes[2].received)
}

func left(t *testing.T, members []backplane.Backplane) {
	nodes := join(t, members...)
	nodes[1].announce("t", "#")
	require.Len(t, nodes[0].Candidates("t", "a"), 1)
	gone := nodes[0].Candidates("t", "a")[0].Node
	require.NoError(t, nodes[1].Close())
	nodes[0].broadcast(envelope("t", "a", 1))
	assert.Empty(t, nodes[0].Candidates("t", "a"))
	taken, err := nodes[0].Send(t.Context(), gone, envelope("t", "a", 2))
	assert.True(t, err != nil || !taken)
	assert.Empty(t, nodes[1].received)
}

func concurrency(t *testing.T, members []backplane.Backplane) {
	nodes := join(t, members...)
	for _, n := range nodes {
		n.announce("t", "#")
	}
	var running sync.WaitGroup
	for i, n := range nodes {
		running.Go(func() {
			p := pattern(t, fmt.Sprintf("own.%d", i))
			for k := range uint64(300) {
				assert.NoError(t, n.Announce(context.Background(), "t", p))
				assert.NoError(t, n.Broadcast(context.Background(), envelope("t", "a", k)))
				n.Candidates("t", "own.1")
				n.Withdraw("t", p)
			}
		})
	}
	running.Wait()
	for _, n := range nodes {
		for range 300 * (len(nodes) - 1) {
			<-n.received
		}
		assert.Empty(t, n.received)
	}
}
