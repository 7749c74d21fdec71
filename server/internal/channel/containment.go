package channel

import "strings"

// Contains says whether the pattern is inside the rule (AZ-2 to AZ-5): every
// channel that the pattern can match is matched by the rule, and no wildcard of
// the pattern stands where the rule has "?". It allocates nothing.
//
// It compares normal forms, so equal normal forms contain the same: "#" is inside
// "#", ">" and "*.#", which all are one token of any text with more allowed.
// Alternatives are compared one by one: "b*" is inside "(a|b*)", and never inside
// a list of variants that only together cover it.
func (r Rule) Contains(p Pattern) bool {
	if p.open && !r.open {
		return false
	}
	walk := p.walk()
	for i := range r.segments {
		m, ok := walk.next()
		if !ok || !r.segments[i].contains(m) {
			return false
		}
	}
	if r.open {
		return true
	}
	_, longer := walk.next()
	return !longer
}

// contains is AZ-4 for one segment.
func (s *segment) contains(m Matcher) bool {
	if s.literalOnly {
		return m.Kind == Literal
	}
	for i := range s.matchers {
		if s.matchers[i].contains(m) {
			return true
		}
	}
	return false
}

// contains says whether m takes every token that inner takes.
func (m Matcher) contains(inner Matcher) bool {
	switch m.Kind {
	case Literal:
		return inner == m
	case Prefix:
		return inner.Kind != Any && strings.HasPrefix(inner.Text, m.Text)
	default:
		return true
	}
}
