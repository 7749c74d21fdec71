package channel_test

import (
	"testing"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The conformance vectors of CH-1 to CH-9, PT-1 to PT-8 and AZ-1 to AZ-6, with
// the default limits.

func TestVectorsOfTenants(t *testing.T) {
	cases, err := vectors.Tenants()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			normalized := channel.NormalizeTenant(c.Tenant)
			assert.Equal(t, c.Normalized, normalized)
			requireOutcome(t, c.Valid, channel.CheckTenant(normalized, channel.MaxTenantBytes))
		})
	}
}

func TestVectorsOfChannels(t *testing.T) {
	cases, err := vectors.Channels()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			requireOutcome(t, c.Valid, channel.CheckChannel(c.Channel, channel.MaxChannelBytes))
		})
	}
}

func TestVectorsOfPatterns(t *testing.T) {
	cases, err := vectors.Patterns()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			p, err := channel.ParsePattern(c.Pattern, channel.MaxChannelBytes)
			requireOutcome(t, c.Valid, err)
			if !c.Valid {
				return
			}
			assert.Equal(t, c.Pattern, p.String())
			assert.Equal(t, c.Literal, p.Literal())
			assert.Equal(t, c.Open, p.Open())
			assert.Equal(t, c.Matchers, vectorMatchers(p.Matchers()))
		})
	}
}

func vectorMatchers(matchers []channel.Matcher) []vectors.Matcher {
	named := make([]vectors.Matcher, len(matchers))
	for i, m := range matchers {
		named[i] = vectors.Matcher{Kind: m.Kind.String(), Text: m.Text}
	}
	return named
}

func TestVectorsOfMatch(t *testing.T) {
	cases, err := vectors.Matches()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			require.NoError(t, channel.CheckChannel(c.Channel, channel.MaxChannelBytes))
			assert.Equal(t, c.Matches, pattern(t, c.Pattern).Match(c.Channel))
		})
	}
}

func TestVectorsOfRules(t *testing.T) {
	cases, err := vectors.Rules()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			r, err := parseRuleOfKind(c.Kind, c.Rule)
			requireOutcome(t, c.Valid, err)
			if !c.Valid {
				return
			}
			assert.Equal(t, c.Rule, r.String())
			for _, name := range c.Matches {
				assert.True(t, r.Matches(name), "matches %s", name)
			}
			for _, name := range c.Refuses {
				assert.False(t, r.Matches(name), "refuses %s", name)
			}
		})
	}
}

func parseRuleOfKind(kind, text string) (channel.Rule, error) {
	if kind == "publish" {
		return channel.ParsePublishRule(text, channel.MaxChannelBytes)
	}
	return channel.ParseSubscribeRule(text, channel.MaxChannelBytes)
}

func TestVectorsOfContainment(t *testing.T) {
	cases, err := vectors.Containments()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			assert.Equal(t, c.Contained, subscribeRule(t, c.Rule).Contains(pattern(t, c.Pattern)))
		})
	}
}

// requireOutcome also shows that a refusal is always a *NameError with both
// parts of its text, and that acceptance is a true nil.
func requireOutcome(t *testing.T, valid bool, err error) {
	t.Helper()
	if valid {
		require.NoError(t, err)
		return
	}
	var refusal *channel.NameError
	require.ErrorAs(t, err, &refusal)
	require.NotEmpty(t, refusal.Name)
	require.NotEmpty(t, refusal.Problem)
	require.Equal(t, refusal.Name+": "+refusal.Problem, err.Error())
}

// pattern is a valid pattern.
func pattern(t testing.TB, text string) channel.Pattern {
	t.Helper()
	p, err := channel.ParsePattern(text, channel.MaxChannelBytes)
	require.NoError(t, err)
	return p
}

// publishRule is a valid rule for publishing.
func publishRule(t testing.TB, text string) channel.Rule {
	t.Helper()
	r, err := channel.ParsePublishRule(text, channel.MaxChannelBytes)
	require.NoError(t, err)
	return r
}

// subscribeRule is a valid rule for subscribing.
func subscribeRule(t testing.TB, text string) channel.Rule {
	t.Helper()
	r, err := channel.ParseSubscribeRule(text, channel.MaxChannelBytes)
	require.NoError(t, err)
	return r
}
