package channel

import "strings"

// Match says whether the pattern matches the channel (PT-1 to PT-8), which must
// be valid. It allocates nothing.
func (p Pattern) Match(channel string) bool {
	if p.literal {
		return p.text == channel
	}
	end, ok := p.matchBody(channel)
	if !ok {
		return false
	}
	if end == len(channel) {
		return p.more == 0
	}
	// The body ended inside a token, or there are more tokens.
	return p.open && channel[end] == '.'
}

// matchBody compares the body with the front of the channel. It reports where
// in the channel the body ended.
func (p Pattern) matchBody(channel string) (end int, ok bool) {
	body := p.text[:p.body]
	for i := range len(body) {
		if wildcard(body[i]) {
			end = tokenEnd(channel, end)
			continue
		}
		if end == len(channel) || channel[end] != body[i] {
			return 0, false
		}
		end++
	}
	return end, true
}

// tokenEnd is where the token ends that byte i of the channel is in.
func tokenEnd(channel string, i int) int {
	if dot := strings.IndexByte(channel[i:], '.'); dot >= 0 {
		return i + dot
	}
	return len(channel)
}
