package config

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenadmin"
)

// Text is any one line of text.
func Text(target *string, accepts string) Value {
	return &scalar[string]{target: target, kind: "text", accepts: accepts, parse: oneLine, format: same}
}

// Path is the path of a file or directory.
func Path(target *string, accepts string) Value {
	return &scalar[string]{target: target, kind: "path", accepts: accepts, parse: oneLine, format: same}
}

// Texts is any number of lines of text, none empty.
func Texts(target *[]string, accepts string) Value {
	return &list[string]{target: target, kind: "text", accepts: accepts, parse: filledLine, format: same}
}

// Paths is the paths of any number of files.
func Paths(target *[]string, accepts string) Value {
	return &list[string]{target: target, kind: "path", accepts: accepts, parse: filledLine, format: same}
}

// Secret is a secret text. A row with it must be marked Secret.
func Secret(target *secret.Text, accepts string) Value {
	return &scalar[secret.Text]{target: target, kind: "secret", accepts: accepts, parse: secretLine, format: secret.Text.Reveal}
}

// MasterTokens is any number of master tokens. A row with it must be marked
// Secret.
func MasterTokens(target *[]secret.Text) Value {
	parse := func(text string) (secret.Text, bool) {
		token := secret.New(text)
		return token, tokenadmin.CheckMasterToken(token) == nil
	}
	accepts := fmt.Sprintf("texts of one line and at least %d characters, without spaces around them", tokenadmin.MinMasterTokenCharacters)
	return &list[secret.Text]{target: target, kind: "secret", accepts: accepts, parse: parse, format: secret.Text.Reveal}
}

// Choice is one of some words.
func Choice[T ~string](target *T, words ...T) Value {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = string(word)
	}
	parse := func(text string) (T, bool) {
		for _, word := range words {
			if string(word) == text {
				return word, true
			}
		}
		return "", false
	}
	format := func(word T) string { return string(word) }
	return &scalar[T]{target: target, kind: "word", accepts: alternatives(texts), parse: parse, format: format, words: texts}
}

// alternatives is "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func same(text string) string { return text }

func oneLine(text string) (string, bool) {
	return text, strings.IndexFunc(text, unicode.IsControl) < 0
}

func filledLine(text string) (string, bool) {
	_, ok := oneLine(text)
	return text, ok && text != ""
}

func secretLine(text string) (secret.Text, bool) {
	_, ok := oneLine(text)
	return secret.New(text), ok
}
