package registry_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/inbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
)

func newBox() *inbox.Inbox { return inbox.New(inbox.Limits{Messages: 10, Bytes: 1000}) }

func join(t *testing.T, r *registry.Registry, pattern string) (*registry.Member, *inbox.Inbox) {
	t.Helper()
	box := newBox()
	member, err := r.Join("~", pattern, box)
	require.NoError(t, err)
	return member, box
}

func ready(m *registry.Member) bool { return m.Ready().Completed() }

// SDK-3: a subscription is ready when a connection has acknowledged it; a later
// one to the same pattern is ready at once and shares it on the wire.
func TestLocalSubscriptionsShareARoute(t *testing.T) {
	r := registry.New()
	ledger := r.Open()
	first, _ := join(t, r, "a.*")
	action, telling := ledger.Sync(first.Route())
	assert.Equal(t, registry.Subscribe, action)
	second, _ := join(t, r, "a.*")
	assert.Same(t, first.Route(), second.Route())
	action, _ = ledger.Sync(second.Route())
	assert.Equal(t, registry.Nothing, action)
	assert.False(t, ready(first) || ready(second))
	ledger.Acknowledged(telling)
	assert.True(t, ready(first) && ready(second))
	third, _ := join(t, r, "a.*")
	assert.True(t, ready(third))
	assert.Len(t, first.Route().Inboxes(), 3)

	assert.False(t, r.Leave(first))
	assert.False(t, r.Leave(second))
	assert.True(t, r.Leave(third), "the last one")
	assert.False(t, r.Leave(third), "again changes nothing")
	action, _ = ledger.Sync(third.Route())
	assert.Equal(t, registry.Unsubscribe, action)
}

// However joining, leaving and syncing interleave, the newest wish wins.
func TestTheNewestWishWins(t *testing.T) {
	r := registry.New()
	ledger := r.Open()
	old, _ := join(t, r, "a")
	_, telling := ledger.Sync(old.Route())
	ledger.Acknowledged(telling)
	assert.True(t, r.Leave(old))
	fresh, _ := join(t, r, "a") // before the unsubscribe could be sent
	assert.True(t, ready(fresh))
	action, _ := ledger.Sync(old.Route())
	assert.Equal(t, registry.Nothing, action, "it is wanted again")
	action, _ = ledger.Sync(fresh.Route())
	assert.Equal(t, registry.Nothing, action)
}

// The answer to a subscribe that an unsubscribe has followed says nothing about
// the next subscribe.
func TestAnswersBelongToTheirSubscribe(t *testing.T) {
	r := registry.New()
	ledger := r.Open()
	old, _ := join(t, r, "a")
	_, first := ledger.Sync(old.Route())
	r.Leave(old)
	action, _ := ledger.Sync(old.Route())
	require.Equal(t, registry.Unsubscribe, action)
	fresh, box := join(t, r, "a")
	_, second := ledger.Sync(fresh.Route())
	ledger.Acknowledged(first)
	assert.False(t, ready(fresh))
	ledger.Refused(first, fault.New(fault.SubscribeDenied, "no"))
	assert.False(t, ready(fresh))
	ledger.Acknowledged(second)
	assert.True(t, ready(fresh))
	box.Close()
}

// SDK-7: a new connection misses everything, and nothing is ready until it has
// been acknowledged again.
func TestAfterAReconnectEverythingIsMissing(t *testing.T) {
	r := registry.New()
	ledger := r.Open()
	a, _ := join(t, r, "a")
	join(t, r, "b")
	for _, telling := range ledger.Missing() {
		ledger.Acknowledged(telling)
	}
	assert.Empty(t, ledger.Missing())
	ledger.Close()
	action, _ := ledger.Sync(a.Route())
	assert.Equal(t, registry.Nothing, action, "a connection that is gone is told nothing")

	late, _ := join(t, r, "a")
	assert.False(t, ready(late))
	next := r.Open()
	missing := next.Missing()
	assert.Len(t, missing, 2)
	for _, telling := range missing {
		next.Acknowledged(telling)
	}
	assert.True(t, ready(late))
	assert.Len(t, next.Told(), 2)
}

// While two connections live, a route is ready as long as one of them has it.
func TestTwoConnections(t *testing.T) {
	r := registry.New()
	old, next := r.Open(), r.Open()
	join(t, r, "a")
	old.Acknowledged(old.Missing()[0])
	next.Acknowledged(next.Missing()[0])
	old.Close()
	late, _ := join(t, r, "a")
	assert.True(t, ready(late))
	next.Close()
	later, _ := join(t, r, "a")
	assert.False(t, ready(later))
}

func TestARefusalEndsTheLocalSubscriptions(t *testing.T) {
	r := registry.New()
	ledger := r.Open()
	member, box := join(t, r, "a")
	_, telling := ledger.Sync(member.Route())
	ledger.Refused(telling, fault.New(fault.SubscribeDenied, "no"))
	require.ErrorContains(t, member.Ready().Err(), "SUBSCRIBE_DENIED")
	_, err := box.Next(t.Context())
	require.ErrorContains(t, err, "SUBSCRIBE_DENIED")
	assert.Empty(t, r.Open().Missing())
}

// SF-10: the server may end a subscription that it had acknowledged.
func TestTheServerEndsASubscription(t *testing.T) {
	r := registry.New()
	ledger := r.Open()
	member, box := join(t, r, "a")
	_, telling := ledger.Sync(member.Route())
	ledger.Acknowledged(telling)
	ledger.Ended(member.Route(), fault.New(fault.SubscribeDenied, "no more"))
	ledger.Ended(member.Route(), fault.New(fault.SubscribeDenied, "no more"))
	_, err := box.Next(t.Context())
	require.ErrorContains(t, err, "no more")
	again, _ := join(t, r, "a")
	assert.False(t, ready(again))
	action, _ := ledger.Sync(again.Route())
	assert.Equal(t, registry.Subscribe, action)
}

func TestDepartGoesOnToDeliver(t *testing.T) {
	r := registry.New()
	ledger := r.Open()
	member, _ := join(t, r, "a")
	assert.False(t, r.Depart(member), "no connection would have to be told")
	again, _ := join(t, r, "a")
	_, telling := ledger.Sync(again.Route())
	ledger.Acknowledged(telling)
	assert.True(t, r.Depart(again))
	assert.False(t, r.Depart(again))
	assert.Len(t, again.Route().Inboxes(), 2)
	action, _ := ledger.Sync(again.Route())
	assert.Equal(t, registry.Unsubscribe, action)
	assert.False(t, r.Leave(again))
	assert.False(t, r.Leave(member))
	assert.Empty(t, again.Route().Inboxes())
}

// SDK-17: the end of the client ends every subscription, now and later.
func TestEnd(t *testing.T) {
	cause := fault.New("TOKEN_REVOKED", "revoked")
	r := registry.New()
	_, box := join(t, r, "a")
	leaving, leavingBox := join(t, r, "b")
	r.Depart(leaving)
	r.End(cause, false)
	r.End(fault.New(fault.Closed, "too late"), true)
	for _, b := range []*inbox.Inbox{box, leavingBox} {
		_, err := b.Next(t.Context())
		require.ErrorIs(t, err, cause)
	}
	_, err := r.Join("~", "c", newBox())
	require.ErrorIs(t, err, cause)

	quiet := registry.New()
	_, box = join(t, quiet, "a")
	quiet.End(fault.New(fault.Closed, "closed"), true)
	_, err = box.Next(t.Context())
	require.ErrorIs(t, err, inbox.ErrClosed)
}
