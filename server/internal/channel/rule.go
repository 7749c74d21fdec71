package channel

import "strings"

// Rule is one rule of a grant. It selects channels: those that may be published
// to (Matches) and those that a subscription's pattern may reach (Contains). It
// is an immutable value that shares the bytes of its text; the zero Rule allows
// nothing.
type Rule struct {
	text string
	// segments and open are the normal form (AZ-3): one segment for each token
	// that a channel must have, and whether more may follow.
	segments []segment
	open     bool
	// literal is whether the rule is the name of one channel.
	literal bool
}

// segment takes exactly one token: the one that some matcher takes.
type segment struct {
	matchers []Matcher
	// literalOnly marks "?": any token, but never a wildcard of a pattern.
	literalOnly bool
}

// String is the rule's text, byte by byte as it was parsed.
func (r Rule) String() string { return r.text }

// Literal says whether the rule is the name of one channel: it matches exactly
// the channel of the same text, and contains exactly the pattern of the same text.
func (r Rule) Literal() bool { return r.literal }

// Matches says whether the rule matches the channel (AZ-1), which must be valid.
// It allocates nothing.
func (r Rule) Matches(channel string) bool {
	if r.literal {
		return r.text == channel
	}
	rest, left := channel, true
	for i := range r.segments {
		if !left {
			return false
		}
		var token string
		token, rest, left = strings.Cut(rest, ".")
		if !r.segments[i].matches(token) {
			return false
		}
	}
	return !left || r.open
}

func (s *segment) matches(token string) bool {
	for i := range s.matchers {
		if s.matchers[i].Matches(token) {
			return true
		}
	}
	return false
}
