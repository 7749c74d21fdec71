package llps

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHasLoneSurrogate(t *testing.T) {
	for quoted, want := range map[string]bool{
		`""`: false, `"x"`: false, `"\u0041"`: false, `"\n\\\""`: false, `"\ufffd\uFFFD"`: false, `"` + "\uFFFD" + `"`: false,
		`"\ud83d\ude00"`: false, `"\uD83D\uDE00x\ud83d\ude00"`: false, `"\\ud800"`: false, `"\\\\ud800"`: false,
		`"\ud7ff\ue000"`: false,
		`"\ud800"`:       true, `"\udc00"`: true, `"\uDFFF"`: true, `"\ude00\ud83d"`: true, `"\ud83dx\ude00"`: true, `"\ud83d\n"`: true,
		`"\ud83d\ud83d\ude00"`: true, `"\ud83d\u0041"`: true, `"\\\ud800"`: true, `"\ud83d\\ude00"`: true, `"\ud83d\ude00\ude00"`: true,
	} {
		require.True(t, json.Valid([]byte(quoted)), quoted)
		assert.Equal(t, want, hasLoneSurrogate([]byte(quoted)), quoted)
	}
}

// What is refused is what encoding/json would replace without a word.
func FuzzHasLoneSurrogate(f *testing.F) {
	for _, seed := range []string{`\ud800`, `\ud83d\ude00`, `\\ud800`, `\ud83d\n`, "\uFFFD", `\uFFFD`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, inner string) {
		quoted := []byte(`"` + inner + `"`)
		var text string
		if strings.ToValidUTF8(inner, "") != inner || json.Unmarshal(quoted, &text) != nil {
			return
		}
		replaced := strings.Count(text, "\uFFFD") - strings.Count(inner, "\uFFFD")
		for i := 0; i < len(inner); i++ {
			if inner[i] != '\\' {
				continue
			}
			if len(inner) >= i+6 && strings.EqualFold(inner[i:i+6], `\ufffd`) {
				replaced--
			}
			i++
		}
		require.Equal(t, replaced > 0, hasLoneSurrogate(quoted), "%q", inner)
	})
}
