package channel_test

import (
	"strings"
	"testing"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/stretchr/testify/require"
)

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~@"

func addSeeds(f *testing.F) {
	for _, seed := range []string{
		"", "~", "a", "a.b", "a..b", ".a", "a.", "my-tenant", "user@example.com", "*", "#", ">", "a.*", "a.b*", "a.b#", "a.b>", "a.#", "a.>",
		"a*b", "*a", "a**", "#.a", "a.#.b", "(a|b|pre*)", "(a|b).#", "a.?", "?.>", "(a", "a)", "()", "(|)", "(a.b)", "a(b)", "é", "a\x00", "\xff\xfe", " ",
		strings.Repeat("a", 256), strings.Repeat("a.", 128), strings.Repeat("x", 5000),
	} {
		f.Add(seed)
	}
}

// CH-1: accepted exactly when the length and every byte are right.
func FuzzCheckTenant(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		name := channel.NormalizeTenant(text)
		valid := len(name) <= 128 && onlyOf(name, letters+".")
		requireOutcome(t, valid, channel.CheckTenant(name, 128))
	})
}

// CH-2, CH-3: accepted exactly when the length, every byte and every token are
// right. A channel is also a pattern and a rule that mean just this channel.
func FuzzCheckChannel(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, name string) {
		valid := len(name) <= 256 && onlyOf(name, letters+".") && noEmptyToken(name)
		requireOutcome(t, valid, channel.CheckChannel(name, 256))
		if valid {
			p := pattern(t, name)
			require.True(t, p.Literal())
			require.True(t, p.Match(name))
			require.True(t, publishRule(t, name).Matches(name))
			require.True(t, subscribeRule(t, name).Contains(p))
		}
	})
}

// CH-7 to CH-9: what is accepted round-trips, has a normal form that fits its
// text, matches some channel, and is inside itself and inside "#".
func FuzzParsePattern(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := channel.ParsePattern(text, 256)
		valid := len(text) <= 256 && onlyOf(text, letters+".*#>") && noEmptyToken(text) && wildcardsAtEnds(text)
		requireOutcome(t, valid, err)
		if !valid {
			require.Equal(t, channel.Pattern{}, p)
			return
		}
		require.Equal(t, text, p.String())
		require.Equal(t, onlyOf(text, letters+"."), p.Literal())
		require.Equal(t, strings.HasSuffix(text, "#") || strings.HasSuffix(text, ">"), p.Open())
		require.True(t, p.Match(someChannel(p)), "its own shortest channel")
		require.Equal(t, p.Open(), p.Match(someChannel(p)+".more"))
		require.True(t, subscribeRule(t, "#").Contains(p))
		require.True(t, subscribeRule(t, text).Contains(p))
	})
}

// someChannel is a shortest channel that the pattern matches.
func someChannel(p channel.Pattern) string {
	var tokens []string
	for _, m := range p.Matchers() {
		if m.Kind == channel.Any {
			m.Text = "any"
		}
		tokens = append(tokens, m.Text)
	}
	return strings.Join(tokens, ".")
}

// PT-1 to PT-8 on any valid pair, against the naive matcher.
func FuzzMatch(f *testing.F) {
	f.Add("a.*.c#", "a.b.c1.d")
	f.Add("a.b>", "a.b.c")
	f.Add("#", "a")
	f.Fuzz(func(t *testing.T, text, name string) {
		p, err := channel.ParsePattern(text, 256)
		if err != nil || channel.CheckChannel(name, 256) != nil {
			return
		}
		require.Equal(t, naivePatternMatch(text, name), p.Match(name))
	})
}

// AZ-6: rules never panic and round-trip; a rule for publishing is one for
// subscribing with the same meaning; the reverse holds without "?" and "*".
func FuzzParseRule(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		publish, publishErr := channel.ParsePublishRule(text, 256)
		subscribe, subscribeErr := channel.ParseSubscribeRule(text, 256)
		requireOutcome(t, publishErr == nil, publishErr)
		requireOutcome(t, subscribeErr == nil, subscribeErr)
		if subscribeErr != nil {
			require.Error(t, publishErr)
			return
		}
		require.Equal(t, text, subscribe.String())
		require.Equal(t, forSubscribingOnly(text), publishErr != nil)
		if publishErr == nil {
			require.Equal(t, subscribe, publish)
		}
		require.LessOrEqual(t, len(text), 16*256)
	})
}

// AZ-2: containment is sound for any valid rule, pattern and channel, and says
// the same as Matches for a literal pattern.
func FuzzContains(f *testing.F) {
	f.Add("a.(b|c*).#", "a.b.>", "a.b.c")
	f.Add("a.?.>", "a.b.c", "a.b.c")
	f.Add("a.b>", "a.b1.*", "a.b1.c")
	f.Fuzz(func(t *testing.T, ruleText, text, name string) {
		r, ruleErr := channel.ParseSubscribeRule(ruleText, 256)
		p, patternErr := channel.ParsePattern(text, 256)
		if ruleErr != nil || patternErr != nil {
			return
		}
		if p.Literal() {
			require.Equal(t, r.Matches(text), r.Contains(p))
		}
		if channel.CheckChannel(name, 256) == nil && r.Contains(p) && p.Match(name) {
			require.True(t, r.Matches(name))
		}
	})
}

func onlyOf(text, alphabet string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(alphabet, r) }) < 0
}

func noEmptyToken(text string) bool {
	for token := range strings.SplitSeq(text, ".") {
		if token == "" {
			return false
		}
	}
	return true
}

// wildcardsAtEnds is CH-8 and CH-9 in the words of the contract.
func wildcardsAtEnds(text string) bool {
	tokens := strings.Split(text, ".")
	for i, token := range tokens {
		if strings.ContainsAny(token[:len(token)-1], "*#>") {
			return false
		}
		if strings.ContainsAny(token, "#>") && i < len(tokens)-1 {
			return false
		}
	}
	return true
}
