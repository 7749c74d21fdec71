package suites_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/repository"
	"github.com/fastpubsub/fastpubsub/conformance/suites"
)

// TestCases: each has a name of its own, and shows rules that there are.
func TestCases(t *testing.T) {
	rules, findings, err := repository.PublishedRules(os.DirFS("../.."))
	require.NoError(t, err)
	require.Empty(t, findings)
	names := map[string]bool{}
	for _, c := range suites.All() {
		suite, what, _ := strings.Cut(c.Name, "/")
		assert.NotEmpty(t, suite, c.Name)
		assert.NotEmpty(t, what, c.Name)
		assert.False(t, names[c.Name], "two cases have the name %q", c.Name)
		assert.NotEmpty(t, c.Rules, "%s shows no rule", c.Name)
		names[c.Name] = true
		for _, rule := range c.Rules {
			assert.Contains(t, rules, rule, c.Name)
		}
	}
}

// byOtherTests are the rules of clients that no case with an SDK can show.
var byOtherTests = []string{
	"SF-19", "SF-20", // the plain forms of publish and subscribe
}

// TestEveryRuleOfClients is shown by a case: what an SDK does, what a session
// says, how messages are delivered, what patterns match.
func TestEveryRuleOfClients(t *testing.T) {
	rules, _, err := repository.PublishedRules(os.DirFS("../.."))
	require.NoError(t, err)
	shown := map[string]bool{}
	for _, c := range suites.All() {
		for _, rule := range c.Rules {
			shown[rule] = true
		}
	}
	for rule := range rules {
		family, _, _ := strings.Cut(rule, "-")
		if slices.Contains([]string{"SDK", "SF", "DL", "PT", "CH", "TK"}, family) && !slices.Contains(byOtherTests, rule) {
			assert.True(t, shown[rule], "no case shows %s", rule)
		}
	}
}
