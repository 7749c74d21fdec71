package config

import (
	"strings"
	"unicode"

	"github.com/fastpubsub/fastpubsub/server/internal/secret"
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

// Secrets is any number of secret texts of at least minimum characters. A row
// with it must be marked Secret.
func Secrets(target *[]secret.Text, minimum int, accepts string) Value {
	parse := func(text string) (secret.Text, bool) {
		hidden, ok := secretLine(text)
		return hidden, ok && len([]rune(text)) >= minimum
	}
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
