// Package name checks tenants, channels and patterns before anything is sent,
// with the same reasons as the server's (SDK-16). It is pure: it knows the
// grammar (CH-1 to CH-9) and nothing else.
package name

import (
	"strconv"
	"strings"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// DefaultTenant is what an empty tenant means.
const DefaultTenant = "~"

const ordinaryCharacters = "a-z A-Z 0-9 _ - ~ @"

// ordinary says which bytes may stand in every name.
var ordinary = func() (table [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~@") {
		table[c] = true
	}
	return table
}()

// Tenant checks a tenant of at most limit bytes and gives the one that it stands
// for: an empty one means DefaultTenant.
func Tenant(tenant string, limit int) (string, error) {
	if tenant == "" {
		return DefaultTenant, nil
	}
	if len(tenant) > limit {
		return "", tooLong(fault.TenantInvalid, "tenant", tenant, limit)
	}
	for i := range len(tenant) {
		if c := tenant[i]; !ordinary[c] && c != '.' {
			return "", fault.Newf(fault.TenantInvalid, "tenant %q has %s at byte %d; use %s and the dot",
				tenant, show(c), i, ordinaryCharacters)
		}
	}
	return tenant, nil
}

// Channel checks a channel of at most limit bytes.
func Channel(channel string, limit int) error {
	if err := whole(fault.ChannelInvalid, "channel", channel, limit); err != nil {
		return err
	}
	start := 0
	for i := 0; i <= len(channel); i++ {
		if i == len(channel) || channel[i] == '.' {
			if i == start {
				return emptyToken(fault.ChannelInvalid, "channel", channel)
			}
			start = i + 1
		} else if c := channel[i]; !ordinary[c] {
			return fault.Newf(fault.ChannelInvalid, "channel %q has %s at byte %d; a channel to publish to has tokens of %s, separated by dots, and no wildcards",
				channel, show(c), i, ordinaryCharacters)
		}
	}
	return nil
}

// Pattern checks a pattern of at most limit bytes.
func Pattern(pattern string, limit int) error {
	if err := whole(fault.PatternInvalid, "pattern", pattern, limit); err != nil {
		return err
	}
	rest, more := pattern, true
	for more {
		var token string
		token, rest, more = strings.Cut(rest, ".")
		if err := patternToken(pattern, token, !more); err != nil {
			return err
		}
	}
	return nil
}

func patternToken(pattern, token string, last bool) error {
	if token == "" {
		return emptyToken(fault.PatternInvalid, "pattern", pattern)
	}
	for i := range len(token) {
		switch c := token[i]; {
		case ordinary[c]:
		case c != '*' && c != '#' && c != '>':
			return fault.Newf(fault.PatternInvalid, "pattern %q has %s in %q; use %s, dots between tokens, and the wildcards * # >",
				pattern, show(c), token, ordinaryCharacters)
		case i != len(token)-1:
			return fault.Newf(fault.PatternInvalid, "pattern %q has %s inside %q; a wildcard may only be the last character of a token",
				pattern, show(c), token)
		case c != '*' && !last:
			return fault.Newf(fault.PatternInvalid, "pattern %q has %s in %q; it may only stand in the last token",
				pattern, show(c), token)
		}
	}
	return nil
}

func whole(reason fault.Reason, kind, text string, limit int) error {
	if text == "" {
		return fault.Newf(reason, "the %s is empty; give 1 to %d bytes", kind, limit)
	}
	if len(text) > limit {
		return tooLong(reason, kind, text, limit)
	}
	return nil
}

func tooLong(reason fault.Reason, kind, text string, limit int) error {
	return fault.Newf(reason, "the %s has %d bytes; at most %d are accepted", kind, len(text), limit)
}

func emptyToken(reason fault.Reason, kind, text string) error {
	return fault.Newf(reason, "%s %q has an empty token; write something before, between and after the dots", kind, text)
}

func show(c byte) string { return strconv.QuoteRune(rune(c)) }
