package channel

import "strings"

// ruleLengthFactor is how many times longer than the longest channel the text of
// a rule may be: room for lists of alternatives, 4096 bytes with the default
// limit. Chosen by us.
const ruleLengthFactor = 16

// ParsePublishRule reads a rule for publishing: segments with dots between them.
//
//	store          that literal
//	pre*           a token that begins with pre, like in a pattern; same as (pre*)
//	(a|b|pre*)     any of these
//	#, >           last only: zero, or one, or more further segments
//	pre#, pre>     last only: pre* and then # or >
//
// A rule without parentheses is
// at most maxBytes long (the limit of channels). A rule with parentheses is at
// most maxBytes long when it is written out with the longest variant of each, and
// at most 16 times that in all. The catalogue's reason for a refusal is
// RULE_INVALID; the error is a *NameError (AZ-6).
func ParsePublishRule(text string, maxBytes int) (Rule, error) {
	return parseRule(text, maxBytes, false)
}

// ParseSubscribeRule reads a rule for subscribing: like ParsePublishRule, and also
//
//   - any one token, also a wildcard of a pattern
//     ?              any one literal token, never a wildcard of a pattern
//
// So every pattern is a rule for subscribing, with the same meaning.
func ParseSubscribeRule(text string, maxBytes int) (Rule, error) {
	return parseRule(text, maxBytes, true)
}

func parseRule(text string, maxBytes int, subscribe bool) (Rule, error) {
	if err := checkLength("rule", text, ruleLengthFactor*maxBytes); err != nil {
		return Rule{}, err
	}
	parser := ruleParser{text: text, subscribe: subscribe, rule: Rule{text: text, literal: true}}
	for !parser.done {
		if err := parser.segment(); err != nil {
			return Rule{}, err
		}
	}
	if parser.longest > maxBytes {
		return Rule{}, nameErrorf(text, "the rule, written out with its longest variants, has %d bytes; at most %d are accepted", parser.longest, maxBytes)
	}
	return parser.rule, nil
}

// ruleParser reads one rule, segment by segment.
type ruleParser struct {
	text      string
	subscribe bool
	at        int  // where the next segment begins
	done      bool // whether there is no next segment
	longest   int  // bytes of what was read, with the longest variants
	rule      Rule // what was read
}

// segment reads the segment at p.at and goes to the next.
func (p *ruleParser) segment() *NameError {
	switch {
	case p.at == len(p.text) || p.text[p.at] == '.':
		return p.problem("the rule has an empty segment at byte %d; dots may stand only between segments of one or more characters", p.at+1)
	case p.text[p.at] == '(':
		return p.alternatives()
	case p.text[p.at] == '?':
		return p.oneLiteral()
	default:
		return p.token()
	}
}

// token reads a literal or a segment with a wildcard at its end.
func (p *ruleParser) token() *NameError {
	end := tokenEnd(p.text, p.at)
	if !p.subscribe && p.text[p.at:end] == "*" {
		return p.problem("* at byte %d is accepted only in rules for subscribing; one for publishing names tokens, lists like (a|b|pre*), or ends in # or >", p.at+1)
	}
	for i := p.at; i < end; i++ {
		switch classOf[p.text[i]] {
		case classLetter:
		case classStar, classTail:
			if err := checkWildcard("rule", p.text, i); err != nil {
				return err
			}
		default:
			return p.foreign(i)
		}
	}
	p.addToken(p.text[p.at:end])
	p.advance(end, end-p.at)
	return nil
}

// addToken adds the normal form (AZ-3) of a valid token.
func (p *ruleParser) addToken(token string) {
	tail := token[len(token)-1]
	p.rule.literal = p.rule.literal && !wildcard(tail)
	p.rule.open = classOf[tail] == classTail
	loneTail := p.rule.open && len(token) == 1
	if !loneTail || p.at == 0 {
		p.add(segment{matchers: []Matcher{tokenMatcher(token)}})
	}
	if tail == '>' && !(loneTail && p.at == 0) {
		p.add(segment{matchers: []Matcher{{Kind: Any}}})
	}
}

// oneLiteral reads "?".
func (p *ruleParser) oneLiteral() *NameError {
	if !p.subscribe {
		return p.problem("? at byte %d is accepted only in rules for subscribing; one for publishing names tokens, lists like (a|b|pre*), or ends in # or >", p.at+1)
	}
	if end := p.at + 1; end < len(p.text) && p.text[end] != '.' {
		return p.foreign(p.at)
	}
	p.rule.literal = false
	p.add(segment{matchers: []Matcher{{Kind: Any}}, literalOnly: true})
	p.advance(p.at+1, 1)
	return nil
}

// alternatives reads "(a|b|pre*)".
func (p *ruleParser) alternatives() *NameError {
	length := strings.IndexByte(p.text[p.at:], ')')
	if length < 0 {
		return p.problem("the parenthesis at byte %d is not closed", p.at+1)
	}
	end := p.at + length + 1
	if end < len(p.text) && p.text[end] != '.' {
		return p.problem("%s at byte %d stands behind a parenthesis; a parenthesis must be a whole segment, with a dot or nothing behind it", displayAt(p.text, end), end+1)
	}
	variants, longest, err := p.variants(p.at+1, end-1)
	if err != nil {
		return err
	}
	p.rule.literal = false
	p.add(segment{matchers: variants})
	p.advance(end, longest)
	return nil
}

// variants reads the text between two parentheses.
func (p *ruleParser) variants(from, to int) (variants []Matcher, longest int, err *NameError) {
	for at := from; at <= to; {
		end := to
		if bar := strings.IndexByte(p.text[at:to], '|'); bar >= 0 {
			end = at + bar
		}
		if err := p.checkVariant(at, end); err != nil {
			return nil, 0, err
		}
		variants = append(variants, tokenMatcher(p.text[at:end]))
		longest = max(longest, end-at)
		at = end + 1
	}
	return variants, longest, nil
}

// checkVariant refuses what is neither a literal nor a prefix*.
func (p *ruleParser) checkVariant(from, to int) *NameError {
	if from == to {
		return p.problem("the rule has an empty variant at byte %d; | may stand only between variants of one or more characters", from+1)
	}
	for i := from; i < to; i++ {
		switch {
		case classOf[p.text[i]] == classLetter:
		case p.text[i] == '*' && i == to-1 && i > from:
		case p.text[i] == '*' && to-from == 1:
			return p.problem("the variant * at byte %d takes every segment; write * instead of the parenthesis", i+1)
		default:
			return p.problem("%s at byte %d is not accepted between parentheses; a variant is a literal like a, or a prefix like a*, of %s", displayAt(p.text, i), i+1, alphabetText)
		}
	}
	return nil
}

func (p *ruleParser) problem(format string, args ...any) *NameError {
	return nameErrorf(p.text, format, args...)
}

func (p *ruleParser) add(s segment) { p.rule.segments = append(p.rule.segments, s) }

// advance goes behind the segment that ended at end and counts its longest form.
func (p *ruleParser) advance(end, longest int) {
	if p.at > 0 {
		longest++ // the dot before it
	}
	p.longest += longest
	p.at = end + 1
	p.done = end == len(p.text)
}

// foreign is the problem of a byte that is not accepted outside parentheses.
func (p *ruleParser) foreign(i int) *NameError {
	switch p.text[i] {
	case '?':
		return p.problem("? at byte %d is not accepted here; it must be a whole segment, in a rule for subscribing", i+1)
	case '(', ')', '|':
		return p.problem("%s at byte %d is not accepted here; alternatives are a whole segment between parentheses, like (a|b)", displayAt(p.text, i), i+1)
	}
	return p.problem("%s at byte %d is not accepted; a literal segment has only %s", displayAt(p.text, i), i+1, alphabetText)
}
