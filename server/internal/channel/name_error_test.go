package channel_test

import (
	"strings"
	"testing"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The problem says what is wrong, where, and what is accepted (AZ-6 for rules).
func TestProblemsSayWhatIsWrongAndWhere(t *testing.T) {
	const limit = 16
	tenant := func(s string) error { return channel.CheckTenant(s, limit) }
	name := func(s string) error { return channel.CheckChannel(s, limit) }
	pattern := func(s string) error { _, err := channel.ParsePattern(s, limit); return err }
	publish := func(s string) error { _, err := channel.ParsePublishRule(s, limit); return err }
	subscribe := func(s string) error { _, err := channel.ParseSubscribeRule(s, limit); return err }
	for _, c := range []struct {
		rule  string
		check func(string) error
		text  string
		want  string
	}{
		{"CH-1", tenant, "", `"": the tenant is empty; 1 to 16 bytes are accepted`},
		{"CH-1", tenant, "12345678901234567", `"12345678901234567": the tenant has 17 bytes; at most 16 are accepted`},
		{"CH-1", tenant, "a b", `"a b": ' ' at byte 2 is not accepted; a tenant has only letters a-z A-Z, digits 0-9 and _ - ~ @ and dots`},
		{"CH-5", tenant, "a*", `"a*": '*' at byte 2 is not accepted: a tenant has no wildcards; name each tenant in full`},
		{"CH-2", name, "", `"": the channel is empty; 1 to 16 bytes are accepted`},
		{"CH-2", name, "a.\x00", `"a.\x00": '\x00' at byte 3 is not accepted; a channel has only letters a-z A-Z, digits 0-9 and _ - ~ @, with dots between its tokens`},
		{"CH-2", name, "a.é", `"a.\u00e9": '\u00e9' at byte 3 is not accepted; a channel has only letters`},
		{"CH-2", name, "a\xff", `"a\xff": byte 0xff at byte 2 is not accepted; a channel has only letters`},
		{"CH-2", name, "a.#", `"a.#": '#' at byte 3 is not accepted: wildcards stand only in the pattern of a subscription; name one channel in full`},
		{"CH-3", name, "a..b", `"a..b": the channel has an empty token at byte 3; dots may stand only between tokens of one or more characters`},
		{"CH-3", name, ".a", `the channel has an empty token at byte 1`},
		{"CH-3", name, "a.", `the channel has an empty token at byte 3`},
		{"CH-7", pattern, "a?", `'?' at byte 2 is not accepted; a pattern has only letters a-z A-Z, digits 0-9 and _ - ~ @, the wildcards * # >, and dots between its tokens`},
		{"CH-7", pattern, "12345678901234.#*", `the pattern has 17 bytes; at most 16 are accepted`},
		{"CH-3", pattern, "a.", `the pattern has an empty token at byte 3`},
		{"CH-3", pattern, "a..#", `the pattern has an empty token at byte 3`},
		{"CH-8", pattern, "a.*b", `'*' at byte 3 has more of its token behind it; a wildcard may be only the last character of a token`},
		{"CH-9", pattern, "a.#.b", `'#' at byte 3 has more tokens behind it; # and > may end only the last token of a pattern`},
		{"AZ-6", publish, "a.?", `? at byte 3 is accepted only in rules for subscribing; one for publishing names tokens, lists like (a|b|pre*), or ends in # or >`},
		{"AZ-6", subscribe, "a.b?", `? at byte 4 is not accepted here; it must be a whole segment, in a rule for subscribing`},
		{"AZ-6", subscribe, "?b", `? at byte 1 is not accepted here; it must be a whole segment`},
		{"AZ-6", publish, "a..b", `the rule has an empty segment at byte 3; dots may stand only between segments of one or more characters`},
		{"AZ-6", publish, "a.", `the rule has an empty segment at byte 3`},
		{"AZ-6", publish, "", `the rule is empty; 1 to 256 bytes are accepted`},
		{"AZ-6", publish, "a b", `' ' at byte 2 is not accepted; a literal segment has only letters`},
		{"AZ-6", publish, "#.b", `'#' at byte 1 has more tokens behind it; # and > may end only the last token of a rule`},
		{"AZ-6", publish, "a.(b", `the parenthesis at byte 3 is not closed`},
		{"AZ-6", publish, "(a|b)*", `'*' at byte 6 stands behind a parenthesis; a parenthesis must be a whole segment, with a dot or nothing behind it`},
		{"AZ-6", publish, "a|b", `'|' at byte 2 is not accepted here; alternatives are a whole segment between parentheses, like (a|b)`},
		{"AZ-6", publish, "(a||b)", `the rule has an empty variant at byte 4; | may stand only between variants of one or more characters`},
		{"AZ-6", publish, "()", `the rule has an empty variant at byte 2`},
		{"AZ-6", publish, "(a|*)", `the variant * at byte 4 takes every segment; write * instead of the parenthesis`},
		{"AZ-6", publish, "(a|b#)", `'#' at byte 5 is not accepted between parentheses; a variant is a literal like a, or a prefix like a*, of letters`},
		{"AZ-6", publish, "12345678901234567", `the rule, written out with its longest variants, has 17 bytes; at most 16 are accepted`},
		{"AZ-6", publish, strings.Repeat("x", 257), `the rule has 257 bytes; at most 256 are accepted`},
	} {
		t.Run(c.rule+" "+c.text, func(t *testing.T) {
			err := c.check(c.text)
			requireOutcome(t, false, err)
			assert.Contains(t, err.Error(), c.want)
		})
	}
}

// What a client sends must not reach a log or a terminal as it is.
func TestRefusedNamesAreShownShortAndInASCII(t *testing.T) {
	shown := func(name string) string {
		err := channel.CheckChannel(name, channel.MaxChannelBytes)
		var refusal *channel.NameError
		require.ErrorAs(t, err, &refusal)
		return refusal.Name
	}
	assert.Equal(t, `"a\x1b[31m\n\u202e"`, shown("a\x1b[31m\n\u202e"))
	assert.Equal(t, `"`+strings.Repeat("*", 64)+`"`, shown(strings.Repeat("*", 64)))
	assert.Equal(t, `"`+strings.Repeat("*", 64)+`"...`, shown(strings.Repeat("*", 65)))
	assert.Equal(t, `"`+strings.Repeat("*", 63)+`"...`, shown(strings.Repeat("*", 63)+"é"+"x"), "no character is cut apart")
	assert.Equal(t, `"`+strings.Repeat(`\x80`, 60)+`"...`, shown(strings.Repeat("\x80", 1<<20)), "whatever the bytes")
}

func TestLimitsAreThoseGiven(t *testing.T) {
	assert.NoError(t, channel.CheckTenant("abc", 3))
	assert.Error(t, channel.CheckTenant("abcd", 3))
	assert.NoError(t, channel.CheckChannel("a.b", 3))
	assert.Error(t, channel.CheckChannel("a.bc", 3))
	assert.NoError(t, channel.CheckChannel(strings.Repeat("a", 5000), 5000))
	_, err := channel.ParsePattern("a.#", 3)
	assert.NoError(t, err)
	_, err = channel.ParsePattern("ab.#", 3)
	assert.Error(t, err)
}
