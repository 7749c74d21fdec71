package nodetest

import "strings"

// matches says whether a valid pattern matches a channel (PT-1 to PT-8).
func matches(pattern, channel string) bool {
	return matchTokens(strings.Split(pattern, "."), strings.Split(channel, "."))
}

func matchTokens(pattern, channel []string) bool {
	if len(pattern) == 0 {
		return len(channel) == 0
	}
	token := pattern[0]
	wildcard := token[len(token)-1]
	prefix := token[:len(token)-1]
	switch {
	case token == "#":
		return true
	case token == ">":
		return len(channel) > 0
	case len(channel) == 0:
		return false
	case wildcard == '#':
		return strings.HasPrefix(channel[0], prefix)
	case wildcard == '>':
		return strings.HasPrefix(channel[0], prefix) && len(channel) > 1
	case wildcard == '*':
		return strings.HasPrefix(channel[0], prefix) && matchTokens(pattern[1:], channel[1:])
	default:
		return token == channel[0] && matchTokens(pattern[1:], channel[1:])
	}
}
