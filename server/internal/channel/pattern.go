package channel

// Pattern selects the channels of a subscription. It is an immutable value that
// shares the bytes of the text it was parsed from; the zero Pattern matches no
// channel. Two patterns are equal (==) exactly when their texts are.
type Pattern struct {
	text string
	// body is how many bytes of text spell one-token matchers. What is left
	// behind them is nothing, ".#" or ".>".
	body int
	// more is how many further tokens of any text must follow the body.
	more int
	// open is whether any number of tokens may follow those.
	open bool
	// literal is whether there is no wildcard.
	literal bool
}

// ParsePattern reads a pattern and refuses one that breaks CH-3, CH-7, CH-8 or
// CH-9 or is longer than maxBytes; the catalogue's reason is PATTERN_INVALID.
// The error is a *NameError. It allocates nothing for a valid pattern.
func ParsePattern(text string, maxBytes int) (Pattern, error) {
	if err := checkLength("pattern", text, maxBytes); err != nil {
		return Pattern{}, err
	}
	tokenStart, literal := 0, true
	for i := range len(text) {
		switch classOf[text[i]] {
		case classLetter:
		case classDot:
			if i == tokenStart {
				return Pattern{}, emptyToken("pattern", text, i)
			}
			tokenStart = i + 1
		case classStar, classTail:
			literal = false
			if err := checkWildcard("pattern", text, i); err != nil {
				return Pattern{}, err
			}
		default:
			return Pattern{}, nameErrorf(text, "%s at byte %d is not accepted; a pattern has only %s, the wildcards * # >, and dots between its tokens", displayAt(text, i), i+1, alphabetText)
		}
	}
	if tokenStart == len(text) {
		return Pattern{}, emptyToken("pattern", text, tokenStart)
	}
	return newPattern(text, tokenStart, literal), nil
}

// checkWildcard refuses the wildcard at byte i unless it is the last character
// of its token (CH-8) and, for # and >, of the whole text (CH-9).
func checkWildcard(what, text string, i int) *NameError {
	if i == len(text)-1 {
		return nil
	}
	if classOf[text[i+1]] != classDot {
		return nameErrorf(text, "%s at byte %d has more of its token behind it; a wildcard may be only the last character of a token", displayAt(text, i), i+1)
	}
	if classOf[text[i]] == classTail {
		return nameErrorf(text, "%s at byte %d has more tokens behind it; # and > may end only the last token of a %s", displayAt(text, i), i+1, what)
	}
	return nil
}

// newPattern finds the normal form (AZ-3) of a valid text whose last token
// begins at lastToken.
func newPattern(text string, lastToken int, literal bool) Pattern {
	p := Pattern{text: text, body: len(text), literal: literal}
	tail := text[len(text)-1]
	if classOf[tail] != classTail {
		return p
	}
	p.open = true
	lone := lastToken == len(text)-1 // the last token is # or > and nothing else
	if lone && lastToken > 0 {
		p.body = lastToken - 1
	}
	if tail == '>' && !(lone && lastToken == 0) {
		p.more = 1
	}
	return p
}

// String is the pattern's text, byte by byte as it was parsed.
func (p Pattern) String() string { return p.text }

// Literal says whether the pattern has no wildcard: it matches exactly the
// channel of the same text.
func (p Pattern) Literal() bool { return p.literal }

// Open says whether any number of further tokens may follow the Matchers.
func (p Pattern) Open() bool { return p.open }
