package channel_test

import (
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/stretchr/testify/require"
)

// This file decides match and containment a second time, by the words of the
// contract and by enumeration, and compares. It shares no code with the package:
// it works on texts split at dots.

// naiveMatch is PT-1 to PT-8 for the tokens of a pattern or of a simple rule.
func naiveMatch(pattern, tokens []string) bool {
	if len(pattern) == 0 {
		return len(tokens) == 0
	}
	head := pattern[0]
	switch {
	case head == "#":
		return true // zero or more
	case head == ">":
		return len(tokens) > 0 // one or more
	case len(tokens) == 0:
		return false
	case strings.HasSuffix(head, "#"): // prefix*, then zero or more
		return strings.HasPrefix(tokens[0], strings.TrimSuffix(head, "#"))
	case strings.HasSuffix(head, ">"): // prefix*, then one or more
		return strings.HasPrefix(tokens[0], strings.TrimSuffix(head, ">")) && len(tokens) > 1
	case strings.HasSuffix(head, "*"): // "*" and "prefix*"
		return strings.HasPrefix(tokens[0], strings.TrimSuffix(head, "*")) && naiveMatch(pattern[1:], tokens[1:])
	default:
		return head == tokens[0] && naiveMatch(pattern[1:], tokens[1:])
	}
}

func naivePatternMatch(pattern, name string) bool {
	return naiveMatch(strings.Split(pattern, "."), strings.Split(name, "."))
}

// naiveRuleMatch writes a rule's alternatives out and asks for any of them. A
// token of the channel that begins with "!" stands for text that a wildcard of a
// pattern produced: "?" does not take it (AZ-4).
func naiveRuleMatch(rule, name string) bool {
	open, after := strings.IndexByte(rule, '('), strings.IndexByte(rule, ')')
	if open >= 0 {
		for variant := range strings.SplitSeq(rule[open+1:after], "|") {
			if naiveRuleMatch(rule[:open]+variant+rule[after+1:], name) {
				return true
			}
		}
		return false
	}
	segments, tokens := strings.Split(rule, "."), strings.Split(name, ".")
	for i, segment := range segments {
		if segment != "?" {
			continue
		}
		if i < len(tokens) && strings.HasPrefix(tokens[i], "!") {
			return false
		}
		segments[i] = "*"
	}
	return naiveMatch(segments, strings.Split(strings.ReplaceAll(name, "!", ""), "."))
}

// marked lists what a pattern matches among all names of at most maxTokens of the
// given tokens, with "!" before each token that a wildcard stands for.
func marked(pattern string, tokens []string, maxTokens int) []string {
	var names []string
	parts := strings.Split(pattern, ".")
	for name := range allNames(tokens, maxTokens) {
		if !naivePatternMatch(pattern, name) {
			continue
		}
		at := strings.Split(name, ".")
		for i := range at {
			if i >= len(parts) || strings.ContainsAny(parts[i], "*#>") {
				at[i] = "!" + at[i]
			}
		}
		names = append(names, strings.Join(at, "."))
	}
	return names
}

// allNames is every name of 1 to maxTokens of the given tokens.
func allNames(tokens []string, maxTokens int) iter.Seq[string] {
	return func(yield func(string) bool) { extend("", tokens, maxTokens, yield) }
}

func extend(prefix string, tokens []string, left int, yield func(string) bool) bool {
	for _, token := range tokens {
		if !yield(prefix + token) {
			return false
		}
		if left > 1 && !extend(prefix+token+".", tokens, left-1, yield) {
			return false
		}
	}
	return true
}

// smallTexts is every text of 1 to maxSegments of the segments, and each of them
// with one of the tails as its last.
func smallTexts(segments, tails []string, maxSegments int) []string {
	var texts []string
	add := func(text string) bool { texts = append(texts, text); return true }
	for _, tail := range tails {
		add(tail)
	}
	for text := range allNames(segments, maxSegments) {
		add(text)
		for _, tail := range tails {
			if strings.Count(text, ".")+2 <= maxSegments {
				add(text + "." + tail)
			}
		}
	}
	return texts
}

var (
	// Patterns and rules are made of a and b; channels have c, too, so that a
	// list of variants never covers a prefix by listing all letters.
	patternSegments = []string{"a", "b", "ab", "*", "a*", "ab*"}
	patternTails    = []string{"#", ">", "a#", "a>", "ab#", "b>"}
	channelTokens   = []string{"a", "b", "c", "aa", "ab", "ac", "ba", "bc", "aba", "abb", "abc"}
)

// PT-1 to PT-8.
func TestMatchAgreesWithTheWordsOfTheContract(t *testing.T) {
	var matched, not int
	for _, text := range smallTexts(patternSegments, patternTails, 3) {
		p := pattern(t, text)
		for name := range allNames(channelTokens, 3) {
			want := naivePatternMatch(text, name)
			if got := p.Match(name); got != want {
				t.Fatalf("pattern %s, channel %s: got %t, want %t", text, name, got, want)
			}
			if want {
				matched++
			} else {
				not++
			}
		}
	}
	require.Greater(t, matched, 10_000, "the model must see both outcomes")
	require.Greater(t, not, 10_000)
}

// AZ-3: the normal form says the same as the pattern.
func TestMatchersSayTheSameAsThePattern(t *testing.T) {
	for _, text := range smallTexts(patternSegments, patternTails, 3) {
		p := pattern(t, text)
		matchers := p.Matchers()
		for name := range allNames(channelTokens, 2) {
			tokens := strings.Split(name, ".")
			got := len(tokens) == len(matchers) || p.Open() && len(tokens) > len(matchers)
			for i := 0; got && i < len(matchers); i++ {
				got = matchers[i].Matches(tokens[i])
			}
			require.Equal(t, p.Match(name), got, "%s on %s", text, name)
		}
	}
}

var (
	ruleSegments = []string{"a", "ab", "*", "?", "a*", "(a|b)", "(b|ab*)", "(a*|ab)"}
	ruleTails    = []string{"#", ">", "a#", "ab>"}
)

// AZ-1.
func TestRuleMatchesAgreesWithTheWordsOfTheContract(t *testing.T) {
	for _, text := range smallTexts(ruleSegments, ruleTails, 3) {
		r := subscribeRule(t, text)
		for name := range allNames(channelTokens, 2) {
			if got, want := r.Matches(name), naiveRuleMatch(text, name); got != want {
				t.Fatalf("rule %s, channel %s: got %t, want %t", text, name, got, want)
			}
		}
	}
}

// AZ-2 to AZ-5: a pattern is inside a rule exactly when the rule matches every
// channel that the pattern matches, where "?" takes nothing that a wildcard of
// the pattern stands for. The channels go one token beyond what patterns and
// rules spell out, so that an open end shows.
func TestContainsIsInclusionOfTheMatchedChannels(t *testing.T) {
	const segments, channelLength = 2, 4
	tokens := []string{"a", "b", "c", "ab", "ac", "bc", "abc"}
	patterns := smallTexts(patternSegments, patternTails, segments)
	names := make([][]string, len(patterns))
	for i, text := range patterns {
		names[i] = marked(text, tokens, channelLength)
		require.NotEmpty(t, names[i], text)
	}
	var inside, outside int
	for _, ruleText := range smallTexts(ruleSegments, ruleTails, segments) {
		r := subscribeRule(t, ruleText)
		model := ruleModel{rule: ruleText, known: make(map[string]bool)}
		for i, text := range patterns {
			want := model.matchesAll(names[i])
			if got := r.Contains(pattern(t, text)); got != want {
				t.Fatalf("rule %s, pattern %s: got %t, want %t", ruleText, text, got, want)
			}
			if want {
				inside++
			} else {
				outside++
			}
		}
	}
	require.Greater(t, inside, 300, "the model must see both outcomes")
	require.Greater(t, outside, 300)
}

// ruleModel is naiveRuleMatch with a memory.
type ruleModel struct {
	rule  string
	known map[string]bool
}

func (m ruleModel) matchesAll(names []string) bool {
	for _, name := range names {
		matches, known := m.known[name]
		if !known {
			matches = naiveRuleMatch(m.rule, name)
			m.known[name] = matches
		}
		if !matches {
			return false
		}
	}
	return true
}

// AZ-2, soundness with longer texts: what is inside a rule never reaches beyond
// it, whatever the alternatives.
func TestContainedPatternsNeverReachBeyondTheRule(t *testing.T) {
	patterns := smallTexts([]string{"a", "*", "ab*"}, patternTails, 3)
	for _, ruleText := range smallTexts([]string{"a", "*", "?", "(b|ab*)"}, ruleTails, 3) {
		r := subscribeRule(t, ruleText)
		for _, text := range patterns {
			p := pattern(t, text)
			if !r.Contains(p) {
				continue
			}
			for name := range allNames([]string{"a", "b", "abc"}, 4) {
				if p.Match(name) && !r.Matches(name) {
					t.Fatalf("%s is said to be inside %s, but only it matches %s", text, ruleText, name)
				}
			}
		}
	}
}

// forSubscribingOnly says whether a valid rule has a segment that rules for
// publishing must not have (AZ-7).
func forSubscribingOnly(text string) bool {
	segments := strings.Split(text, ".")
	return slices.Contains(segments, "?") || slices.Contains(segments, "*")
}

// AZ-7: rules without "?" and "*" mean the same for publishing and for
// subscribing; with them they are none for publishing.
func TestBothKindsOfRulesMeanTheSame(t *testing.T) {
	for _, text := range smallTexts(ruleSegments, ruleTails, 2) {
		subscribe := subscribeRule(t, text)
		publish, err := channel.ParsePublishRule(text, channel.MaxChannelBytes)
		if forSubscribingOnly(text) {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, subscribe, publish)
	}
}

// A pattern that is read as a rule means the same (the simple form of rules).
func TestPatternsAreRules(t *testing.T) {
	for _, text := range smallTexts(patternSegments, patternTails, 3) {
		p, r := pattern(t, text), subscribeRule(t, text)
		require.True(t, r.Contains(p), text)
		require.Equal(t, p.Literal(), r.Literal(), text)
		for name := range allNames(channelTokens, 2) {
			require.Equal(t, p.Match(name), r.Matches(name), "%s on %s", text, name)
		}
	}
}
