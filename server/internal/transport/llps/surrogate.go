package llps

import (
	"bytes"
	"encoding/hex"
	"unicode/utf16"
)

// escapeSize is the size of an escape \uXXXX, in bytes.
const escapeSize = 6

// hasLoneSurrogate says whether a JSON string, which must be one, escapes half of
// a surrogate pair: there is no text that it stands for (RFC 8259, section 8.2).
func hasLoneSurrogate(quoted []byte) bool {
	for {
		at := bytes.IndexByte(quoted, '\\')
		if at < 0 {
			return false
		}
		quoted = quoted[at:]
		first, ok := escaped(quoted)
		switch {
		case !ok:
			quoted = quoted[2:]
			continue
		case !utf16.IsSurrogate(first):
			quoted = quoted[escapeSize:]
			continue
		}
		second, _ := escaped(quoted[escapeSize:])
		if utf16.DecodeRune(first, second) == '\uFFFD' {
			return true
		}
		quoted = quoted[2*escapeSize:]
	}
}

// escaped is the code unit at the start of s, if there is one in the form \uXXXX.
func escaped(s []byte) (unit rune, ok bool) {
	if len(s) < escapeSize || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var b [2]byte
	if _, err := hex.Decode(b[:], s[2:escapeSize]); err != nil {
		return 0, false
	}
	return rune(b[0])<<8 | rune(b[1]), true
}
