package authz_test

import (
	"math/rand/v2"
	"testing"

	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/stretchr/testify/require"
)

// naivePublish and naiveSubscribe are TK-4, AZ-1 and AZ-2 word by word: go
// through all grants that name the tenant and ask each rule.

func naivePublish(t *testing.T, grants []authz.Grant, tenant, name string) bool {
	return anyRule(t, grants, tenant, func(g authz.Grant) []string { return g.Publish }, func(r channel.Rule) bool { return r.Matches(name) })
}

func naiveSubscribe(t *testing.T, grants []authz.Grant, tenant string, p channel.Pattern) bool {
	return anyRule(t, grants, tenant, func(g authz.Grant) []string { return g.Subscribe }, func(r channel.Rule) bool { return r.Contains(p) })
}

func anyRule(t *testing.T, grants []authz.Grant, tenant string, list func(authz.Grant) []string, allows func(channel.Rule) bool) bool {
	for _, grant := range grants {
		if !names(grant, tenant) {
			continue
		}
		for _, text := range list(grant) {
			rule, err := channel.ParseSubscribeRule(text, channel.MaxChannelBytes)
			require.NoError(t, err)
			if allows(rule) {
				return true
			}
		}
	}
	return false
}

func names(grant authz.Grant, tenant string) bool {
	for _, named := range grant.Tenants {
		if named == tenant || named == "" && tenant == "~" {
			return true
		}
	}
	return false
}

var (
	modelTenants  = []string{"", "~", "t", "u"}
	modelRules    = []string{"a", "b", "a.b", "b.c", "b*.c", "a.#", "a.>", "(a|c).b", "(b*)", "c*.#"}
	modelChannels = []string{"a", "b", "c", "bb", "a.b", "a.c", "b.c", "c.b", "c1", "a.b.c", "c.b.a"}
	modelPatterns = []string{"a", "b", "a.b", "b.c", "a.*", "a.#", "a.>", "b*", "*", "#", "c#", "c1.>", "a.c", "*.c", "c.b"}
)

// choose takes up to n of all, repetitions included.
func choose(random *rand.Rand, all []string, n int) []string {
	chosen := make([]string, random.IntN(n+1))
	for i := range chosen {
		chosen[i] = all[random.IntN(len(all))]
	}
	return chosen
}

// TK-4, AZ-1, AZ-2.
func TestRightsAgreeWithTheNaiveEvaluation(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var allowed, denied int
	for range 500 {
		grants := make([]authz.Grant, random.IntN(5))
		for i := range grants {
			grants[i] = authz.Grant{
				Tenants:   choose(random, modelTenants, 3),
				Publish:   choose(random, modelRules, 3),
				Subscribe: choose(random, append(modelRules, "?", "a.?", "?.>", "a.*", "*", "*.c"), 3),
			}
		}
		rights := compile(t, grants...)
		for _, tenant := range []string{"~", "t", "u", "v"} {
			for _, name := range modelChannels {
				want := naivePublish(t, grants, tenant, name)
				require.Equal(t, want, rights.MayPublish(tenant, name), "%+v: publish to %s in %s", grants, name, tenant)
				count(want, &allowed, &denied)
			}
			for _, text := range modelPatterns {
				p := pattern(t, text)
				want := naiveSubscribe(t, grants, tenant, p)
				require.Equal(t, want, rights.MaySubscribe(tenant, p), "%+v: subscribe %s in %s", grants, text, tenant)
				count(want, &allowed, &denied)
			}
		}
	}
	require.Greater(t, allowed, 5000, "the model must see both outcomes")
	require.Greater(t, denied, 5000)
}

func count(want bool, allowed, denied *int) {
	if want {
		*allowed++
	} else {
		*denied++
	}
}
