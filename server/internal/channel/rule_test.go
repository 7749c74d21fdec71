package channel_test

import (
	"strings"
	"testing"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/stretchr/testify/assert"
)

func TestZeroValuesSelectNothing(t *testing.T) {
	for _, name := range []string{"a", "a.b"} {
		assert.False(t, channel.Pattern{}.Match(name))
		assert.False(t, channel.Rule{}.Matches(name))
		assert.False(t, channel.Rule{}.Contains(pattern(t, name)))
	}
	assert.False(t, channel.Rule{}.Contains(pattern(t, "#")))
	assert.Empty(t, channel.Pattern{}.Matchers())
	assert.Empty(t, channel.Pattern{}.String())
	assert.False(t, channel.Pattern{}.Open())
	assert.False(t, channel.Pattern{}.Literal())
}

// CH-4: equal patterns are those with equal bytes.
func TestPatternsCompareByText(t *testing.T) {
	assert.Equal(t, pattern(t, "a.#"), pattern(t, "a"+".#"))
	assert.True(t, pattern(t, "a.#") == pattern(t, strings.Clone("a.#")))
	assert.False(t, pattern(t, "#") == pattern(t, ">"), "both match every channel, but they are two patterns")
	assert.False(t, pattern(t, "A") == pattern(t, "a"))
}

// AZ-4: a literal rule is known as such, so that it can be looked up by its text.
func TestLiteralRules(t *testing.T) {
	for text, want := range map[string]bool{
		"a": true, "a.b": true, "(a)": false, "a.(b)": false, "?": false, "a.?": false,
		"*": false, "a.b*": false, "b*.a": false, "a.#": false, "a.b>": false,
	} {
		assert.Equal(t, want, subscribeRule(t, text).Literal(), text)
	}
}

// The hot path allocates nothing.
func TestNothingIsAllocated(t *testing.T) {
	p, literal := pattern(t, "orders.*.items.#"), pattern(t, "orders.eu.items")
	r, exact := subscribeRule(t, "orders.(eu|us*).?.#"), subscribeRule(t, "orders.eu.items")
	inner := pattern(t, "orders.us-east.items.*.>")
	var sink bool
	for name, f := range map[string]func(){
		"CheckTenant":    func() { sink = channel.CheckTenant("my-tenant", 128) == nil },
		"CheckChannel":   func() { sink = channel.CheckChannel("orders.eu.items", 256) == nil },
		"ParsePattern":   func() { _, err := channel.ParsePattern("orders.*.items.#", 256); sink = err == nil },
		"Match":          func() { sink = p.Match("orders.eu.items.1") },
		"Match literal":  func() { sink = literal.Match("orders.eu.items") },
		"Matches":        func() { sink = r.Matches("orders.us-east.items.1") },
		"Matches exact":  func() { sink = exact.Matches("orders.eu.items") },
		"Contains":       func() { sink = r.Contains(inner) },
		"Contains exact": func() { sink = exact.Contains(literal) },
	} {
		assert.Zero(t, testing.AllocsPerRun(100, f), name)
		assert.True(t, sink, name)
	}
}
