package token_test

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

func TestParse(t *testing.T) { // TK-1
	hex32 := strings.Repeat("0123456789abcdef", 2)
	tests := map[string]struct {
		text       string
		id, secret string
		reason     apierror.Reason
	}{
		"the usual form":                {text: "AT_" + hex32 + "_" + hex32, id: hex32, secret: hex32},
		"short parts":                   {text: "AT_a_b", id: "a", secret: "b"},
		"long parts":                    {text: "AT_" + strings.Repeat("a", 9000) + "_" + strings.Repeat("b", 9000), id: strings.Repeat("a", 9000), secret: strings.Repeat("b", 9000)},
		"underscores in the secret":     {text: "AT_a_b_c_", id: "a", secret: "b_c_"},
		"secret of an underscore":       {text: "AT_a__", id: "a", secret: "_"},
		"bytes that are no text":        {text: "AT_\xff_\x00", id: "\xff", secret: "\x00"},
		"the prefix twice":              {text: "AT_AT_x", id: "AT", secret: "x"},
		"nothing":                       {text: "", reason: apierror.TokenMissing},
		"the prefix alone":              {text: "AT_", reason: apierror.TokenInvalid},
		"no secret":                     {text: "AT_a", reason: apierror.TokenInvalid},
		"an empty secret":               {text: "AT_a_", reason: apierror.TokenInvalid},
		"an empty id":                   {text: "AT__b", reason: apierror.TokenInvalid},
		"no prefix":                     {text: "a_b", reason: apierror.TokenInvalid},
		"a prefix in lower case":        {text: "at_a_b", reason: apierror.TokenInvalid},
		"a space in front":              {text: " AT_a_b", reason: apierror.TokenInvalid},
		"the subprotocol's own prefix":  {text: "at.AT_a_b", reason: apierror.TokenInvalid},
		"a header with its scheme left": {text: "Bearer AT_a_b", reason: apierror.TokenInvalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			parsed, err := token.Parse(test.text)
			if test.reason != 0 {
				assert.Equal(t, apierror.Name(test.reason), apierror.Name(apierror.ReasonOf(err)))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.id, parsed.ID)
			assert.Equal(t, test.secret, parsed.Secret.Reveal())
		})
	}
}

func FuzzParse(f *testing.F) { // TK-1
	for _, seed := range []string{"", "AT_", "AT_a_b", "AT_a__", "AT___", "AT_a_b_c", "at_a_b", "AT_\xff_\xfe", "AT_0123456789abcdef0123456789abcdef_0123456789abcdef0123456789abcdef"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := token.Parse(text)
		if err != nil {
			assert.Empty(t, parsed.ID)
			assert.True(t, parsed.Secret.IsZero())
			assert.NotRegexp(t, `(?s)^AT_[^_]+_.+$`, text)
			return
		}
		assert.Equal(t, text, "AT_"+parsed.ID+"_"+parsed.Secret.Reveal())
		assert.NotEmpty(t, parsed.ID)
		assert.NotContains(t, parsed.ID, "_")
		assert.False(t, parsed.Secret.IsZero())
	})
}

func TestGenerate(t *testing.T) { // TK-1, TK-2
	seen := map[string]bool{}
	for range 100 {
		text, id, hash, err := token.Generate()
		require.NoError(t, err)
		require.Regexp(t, regexp.MustCompile(`^AT_[0-9a-f]{32}_[0-9a-f]{32}$`), text.Reveal())
		parsed, err := token.Parse(text.Reveal())
		require.NoError(t, err)
		assert.Equal(t, id, parsed.ID)
		assert.Equal(t, sha256.Sum256([]byte(parsed.Secret.Reveal())), hash)
		assert.False(t, seen[id], "an id came twice")
		assert.False(t, seen[parsed.Secret.Reveal()], "a secret came twice")
		seen[id], seen[parsed.Secret.Reveal()] = true, true
	}
}

func TestASecretIsNeverPrinted(t *testing.T) { // TK-2
	parsed, err := token.Parse("AT_theid_thesecret")
	require.NoError(t, err)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		assert.NotContains(t, fmt.Sprintf(format, parsed), "thesecret", format)
	}
}
