package channel

import "strings"

// MatcherKind says how a Matcher takes a token.
type MatcherKind uint8

// The kinds of matchers.
const (
	// Literal takes the token that equals the text (PT-1).
	Literal MatcherKind = iota
	// Prefix takes a token that begins with the text or equals it (PT-3).
	Prefix
	// Any takes every token (PT-2).
	Any
)

// String is the kind in lower case.
func (k MatcherKind) String() string {
	switch k {
	case Literal:
		return "literal"
	case Prefix:
		return "prefix"
	default:
		return "any"
	}
}

// Matcher takes exactly one token of a channel. Text is empty for Any.
type Matcher struct {
	Kind MatcherKind
	Text string
}

// Matches says whether m takes the token.
func (m Matcher) Matches(token string) bool {
	switch m.Kind {
	case Literal:
		return token == m.Text
	case Prefix:
		return strings.HasPrefix(token, m.Text)
	default:
		return true
	}
}

// Matchers is the pattern's normal form (AZ-3): one matcher for each token that
// a channel must have; Open says whether more tokens may follow. The slice is
// new at each call and belongs to the caller; the texts share the pattern's bytes.
//
//	a.b   [a b]              a.b*  [a prefix(b)]
//	a.#   [a] open           a.b#  [a prefix(b)] open
//	a.>   [a any] open       a.b>  [a prefix(b) any] open
//	#, >  [any] open
func (p Pattern) Matchers() []Matcher {
	matchers := make([]Matcher, 0, strings.Count(p.text, ".")+2)
	for walk := p.walk(); ; {
		m, ok := walk.next()
		if !ok {
			return matchers
		}
		matchers = append(matchers, m)
	}
}

// matcherWalk goes through a normal form without allocating it.
type matcherWalk struct {
	body string // what is left of the pattern's body
	left bool   // whether body holds another token
	more int    // Any matchers behind the body
}

func (p Pattern) walk() matcherWalk {
	return matcherWalk{body: p.text[:p.body], left: p.body > 0, more: p.more}
}

func (w *matcherWalk) next() (Matcher, bool) {
	if w.left {
		var token string
		token, w.body, w.left = strings.Cut(w.body, ".")
		return tokenMatcher(token), true
	}
	if w.more > 0 {
		w.more--
		return Matcher{Kind: Any}, true
	}
	return Matcher{}, false
}

// tokenMatcher reads one valid, non-empty token of a pattern's body or of a
// rule. A # or > at its end counts like *: what they say about further tokens
// is kept elsewhere.
func tokenMatcher(token string) Matcher {
	last := len(token) - 1
	switch {
	case !wildcard(token[last]):
		return Matcher{Kind: Literal, Text: token}
	case last == 0:
		return Matcher{Kind: Any}
	default:
		return Matcher{Kind: Prefix, Text: token[:last]}
	}
}
