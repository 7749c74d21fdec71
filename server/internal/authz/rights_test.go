package authz_test

import (
	"testing"

	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func compile(t testing.TB, grants ...authz.Grant) *authz.Rights {
	t.Helper()
	rights, err := authz.Compile(grants, authz.Limits{})
	require.NoError(t, err)
	return rights
}

func pattern(t testing.TB, text string) channel.Pattern {
	t.Helper()
	p, err := channel.ParsePattern(text, channel.MaxChannelBytes)
	require.NoError(t, err)
	return p
}

// AZ-1.
func TestPublishIsAllowedByAnyRule(t *testing.T) {
	rights := compile(t, authz.Grant{Tenants: []string{"t"}, Publish: []string{"a", "a", "orders.eu", "b.#", "(c|d*).x", "b.#"}})
	for _, name := range []string{"a", "orders.eu", "b", "b.c.d", "c.x", "d.x", "d1.x"} {
		assert.True(t, rights.MayPublish("t", name), name)
	}
	for _, name := range []string{"A", "aa", "a.b", "orders", "orders.us", "c", "e.x", "c.x.y"} {
		assert.False(t, rights.MayPublish("t", name), name)
	}
}

// AZ-2: one rule must contain the whole pattern; two together do not.
func TestSubscribeIsAllowedBySomeSingleRule(t *testing.T) {
	rights := compile(t, authz.Grant{Tenants: []string{"t"}, Subscribe: []string{"a", "a.>", "b.?", "c", "c.d", "(e|f).#"}})
	for _, text := range []string{"a", "a.>", "a.b.*", "b.c", "c", "c.d", "e", "f.#"} {
		assert.True(t, rights.MaySubscribe("t", pattern(t, text)), text)
	}
	for _, text := range []string{"a.#", "b.*", "b", "c.#", "*", "#", "d", "c*", "*.#"} {
		assert.False(t, rights.MaySubscribe("t", pattern(t, text)), text)
	}
}

// TK-4: publishing and subscribing are independent.
func TestPublishAndSubscribeAreIndependent(t *testing.T) {
	rights := compile(t,
		authz.Grant{Tenants: []string{"reader"}, Subscribe: []string{"#"}},
		authz.Grant{Tenants: []string{"writer"}, Publish: []string{"#"}},
		authz.Grant{Tenants: []string{"nothing"}})
	assert.False(t, rights.MayPublish("reader", "a"))
	assert.True(t, rights.MaySubscribe("reader", pattern(t, "#")))
	assert.True(t, rights.MayPublish("writer", "a"))
	assert.False(t, rights.MaySubscribe("writer", pattern(t, "a")))
	assert.True(t, rights.HasTenant("nothing"))
	assert.False(t, rights.MayPublish("nothing", "a"))
	assert.False(t, rights.MaySubscribe("nothing", pattern(t, "a")))
}

// TK-4: several grants that name one tenant hold together.
func TestGrantsOfOneTenantAreJoined(t *testing.T) {
	rights := compile(t,
		authz.Grant{Tenants: []string{"t", "u", "t"}, Publish: []string{"a"}, Subscribe: []string{"a.#"}},
		authz.Grant{Tenants: []string{"t"}, Publish: []string{"b.x*"}, Subscribe: []string{"b"}})
	for tenant, wide := range map[string]bool{"t": true, "u": false} {
		assert.True(t, rights.MayPublish(tenant, "a"))
		assert.Equal(t, wide, rights.MayPublish(tenant, "b.x"))
		assert.True(t, rights.MaySubscribe(tenant, pattern(t, "a.*")))
		assert.Equal(t, wide, rights.MaySubscribe(tenant, pattern(t, "b")))
	}
}

// CH-5, CH-4: a tenant is one flat name, compared byte by byte.
func TestTenantsAreSeparate(t *testing.T) {
	rights := compile(t, authz.Grant{Tenants: []string{"a.b"}, Publish: []string{"#"}, Subscribe: []string{"#"}})
	assert.True(t, rights.HasTenant("a.b"))
	for _, tenant := range []string{"a", "a.b.c", "A.B", "~", "", "*", "#"} {
		assert.False(t, rights.HasTenant(tenant), tenant)
		assert.False(t, rights.MayPublish(tenant, "x"), tenant)
		assert.False(t, rights.MaySubscribe(tenant, pattern(t, "x")), tenant)
	}
}

// CH-1: an empty tenant means "~", in grants and in questions.
func TestEmptyTenantIsTheDefaultTenant(t *testing.T) {
	for _, given := range []string{"", "~"} {
		rights := compile(t, authz.Grant{Tenants: []string{given}, Publish: []string{"a"}, Subscribe: []string{"b"}})
		for _, asked := range []string{"", "~"} {
			assert.True(t, rights.HasTenant(asked))
			assert.True(t, rights.MayPublish(asked, "a"))
			assert.True(t, rights.MaySubscribe(asked, pattern(t, "b")))
		}
	}
}

func TestNoGrantAllowsNothing(t *testing.T) {
	for name, rights := range map[string]*authz.Rights{
		"zero": {}, "no grant": compile(t), "no tenant": compile(t, authz.Grant{Publish: []string{"#"}, Subscribe: []string{"#"}}),
	} {
		assert.False(t, rights.HasTenant("~"), name)
		assert.False(t, rights.MayPublish("~", "a"), name)
		assert.False(t, rights.MaySubscribe("~", pattern(t, "a")), name)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	rights := compile(t, authz.Grant{Tenants: []string{""}, Publish: []string{"a.b", "c.(d|e*).#"}, Subscribe: []string{"a.b", "c.(d|e*).#"}})
	literal, inner := pattern(t, "a.b"), pattern(t, "c.e1.*.>")
	var sink bool
	for name, f := range map[string]func(){
		"publish, literal rule":   func() { sink = rights.MayPublish("", "a.b") },
		"publish, other rule":     func() { sink = rights.MayPublish("~", "c.e1.x") },
		"subscribe, literal rule": func() { sink = rights.MaySubscribe("~", literal) },
		"subscribe, other rule":   func() { sink = rights.MaySubscribe("", inner) },
		"tenant":                  func() { sink = rights.HasTenant("~") },
	} {
		assert.Zero(t, testing.AllocsPerRun(100, f), name)
		assert.True(t, sink, name)
	}
}
