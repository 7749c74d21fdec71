package authz_test

import (
	"strings"
	"testing"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// AZ-6: the error names the rule and what is wrong with it.
func TestCompileNamesTheInvalidRule(t *testing.T) {
	good := authz.Grant{Tenants: []string{"t"}, Publish: []string{"a.#"}, Subscribe: []string{"a.?"}}
	_, err := authz.Compile([]authz.Grant{good, {Tenants: []string{"t"}, Publish: []string{"a", "b.?"}}}, authz.Limits{})
	var ruleErr *authz.RuleError
	require.ErrorAs(t, err, &ruleErr)
	assert.Equal(t, 1, ruleErr.Grant)
	assert.Equal(t, authz.KindPublish, ruleErr.Kind)
	assert.Equal(t, `"b.?"`, ruleErr.Rule)
	assert.Equal(t, "? at byte 3 is accepted only in rules for subscribing; one for publishing names tokens, lists like (a|b|pre*), or ends in # or >", ruleErr.Problem)
	assert.Equal(t, `tenant_grants[1]: publish rule "b.?": `+ruleErr.Problem, err.Error())

	_, err = authz.Compile([]authz.Grant{{Subscribe: []string{"a..b"}}}, authz.Limits{})
	require.ErrorAs(t, err, &ruleErr, "rules are checked in a grant without tenants, too")
	assert.Equal(t, 0, ruleErr.Grant)
	assert.Equal(t, authz.KindSubscribe, ruleErr.Kind)
	assert.Contains(t, ruleErr.Problem, "empty segment at byte 3")
}

// AZ-6 for every vector of rules.
func TestCompileAgreesWithTheVectorsOfRules(t *testing.T) {
	cases, err := vectors.Rules()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			grant := authz.Grant{Tenants: []string{"t"}, Publish: []string{c.Rule}}
			if c.Kind == authz.KindSubscribe {
				grant = authz.Grant{Tenants: []string{"t"}, Subscribe: []string{c.Rule}}
			}
			_, err := authz.Compile([]authz.Grant{grant}, authz.Limits{})
			if c.Valid {
				require.NoError(t, err)
				return
			}
			var ruleErr *authz.RuleError
			require.ErrorAs(t, err, &ruleErr)
			assert.Equal(t, c.Kind, ruleErr.Kind)
			assert.NotEmpty(t, ruleErr.Problem)
		})
	}
}

// CH-5: no wildcards in tenants; and which tenant it is.
func TestCompileNamesTheInvalidTenant(t *testing.T) {
	_, err := authz.Compile([]authz.Grant{{}, {Tenants: []string{"t", "my-*"}}}, authz.Limits{})
	var nameErr *channel.NameError
	require.ErrorAs(t, err, &nameErr)
	assert.Equal(t, `"my-*"`, nameErr.Name)
	assert.True(t, strings.HasPrefix(err.Error(), `tenant_grants[1].tenant_ids[1]: "my-*": '*' at byte 4 is not accepted`), err.Error())
	var ruleErr *authz.RuleError
	assert.NotErrorAs(t, err, &ruleErr)
}

func TestCompileObeysTheLimits(t *testing.T) {
	tenant := func(n int) authz.Grant { return authz.Grant{Tenants: []string{strings.Repeat("t", n)}} }
	rule := func(n int) authz.Grant { return authz.Grant{Publish: []string{strings.Repeat("c", n)}} }
	for _, c := range []struct {
		name   string
		limits authz.Limits
		grant  authz.Grant
		valid  bool
	}{
		{"longest tenant by default", authz.Limits{}, tenant(128), true},
		{"beyond it", authz.Limits{}, tenant(129), false},
		{"longest tenant as set", authz.Limits{TenantBytes: 200}, tenant(200), true},
		{"beyond that", authz.Limits{TenantBytes: 20}, tenant(21), false},
		{"longest rule by default", authz.Limits{}, rule(256), true},
		{"beyond it", authz.Limits{}, rule(257), false},
		{"longest rule as set", authz.Limits{ChannelBytes: 300}, rule(300), true},
		{"beyond that", authz.Limits{ChannelBytes: 30}, rule(31), false},
	} {
		_, err := authz.Compile([]authz.Grant{c.grant}, c.limits)
		assert.Equal(t, c.valid, err == nil, c.name)
	}
}

// The caller may reuse what it gave.
func TestCompileKeepsNoSlices(t *testing.T) {
	grants := []authz.Grant{{Tenants: []string{"t"}, Publish: []string{"a"}, Subscribe: []string{"a.#"}}}
	rights, err := authz.Compile(grants, authz.Limits{})
	require.NoError(t, err)
	grants[0].Tenants[0], grants[0].Publish[0], grants[0].Subscribe[0] = "u", "b", "b.#"
	assert.True(t, rights.MayPublish("t", "a"))
	assert.False(t, rights.MayPublish("t", "b"))
	assert.False(t, rights.HasTenant("u"))
	assert.False(t, rights.MaySubscribe("t", pattern(t, "b")))
}
