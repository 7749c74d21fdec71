package token_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

func TestParseIPMask(t *testing.T) { // TK-3
	tests := map[string]string{ // "": refused
		"192.0.2.1":            "192.0.2.1/32",
		"192.0.2.0/24":         "192.0.2.0/24",
		"192.0.2.77/24":        "192.0.2.0/24",
		"0.0.0.0/0":            "0.0.0.0/0",
		"2001:db8::1":          "2001:db8::1/128",
		"2001:DB8::/32":        "2001:db8::/32",
		"::/0":                 "::/0",
		"::ffff:192.0.2.1":     "192.0.2.1/32",
		"::ffff:192.0.2.0/120": "192.0.2.0/24",
		"::ffff:0:0/96":        "0.0.0.0/0",
		"::ffff:0:0/95":        "::fffe:0:0/95",
		"":                     "",
		"*":                    "",
		"192.0.2":              "",
		"192.0.2.01":           "",
		"192.0.2.256":          "",
		"192.0.2.0/33":         "",
		"192.0.2.0/":           "",
		"/24":                  "",
		"192.0.2.0/-1":         "",
		"192.0.2.0/024":        "",
		" 192.0.2.1":           "",
		"192.0.2.1-192.0.2.9":  "",
		"192.0.2.1:80":         "",
		"[::1]":                "",
		"fe80::1%eth0":         "",
		"fe80::%eth0/64":       "",
		"example.com":          "",
		"2001:db8::/129":       "",
		"192.0.2.0/255.0.0.0":  "",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			prefix, err := token.ParseIPMask(text)
			if want == "" {
				require.Error(t, err)
				assert.Contains(t, err.Error(), "accepted")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, netip.MustParsePrefix(want), prefix)
		})
	}
}

func FuzzParseIPMask(f *testing.F) { // TK-3
	for _, seed := range []string{"", "192.0.2.1", "192.0.2.0/24", "::ffff:192.0.2.0/120", "2001:db8::/32", "fe80::1%eth0", "1/2/3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		prefix, err := token.ParseIPMask(text)
		if err != nil {
			return
		}
		assert.True(t, prefix.IsValid())
		assert.Equal(t, prefix, prefix.Masked())
		again, err := token.ParseIPMask(prefix.String())
		require.NoError(t, err)
		assert.Equal(t, prefix, again)
	})
}
