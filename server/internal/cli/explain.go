package cli

import (
	"regexp"
	"strings"
)

// accessToken is the text of an access token; the id in it is no secret.
var accessToken = regexp.MustCompile(`AT_([^_\s"'<]*)_[^\s"'<]+`)

// explain is what people read of an error: one line a fault, without secrets,
// and after some a line that says what to try.
func explain(err error) []string {
	var lines []string
	for _, fault := range faults(err) {
		lines = append(lines, oneLine(fault.Error()))
	}
	if hint := hintFor(err); hint != "" {
		lines = append(lines, hint)
	}
	return lines
}

// faults takes joined errors apart.
func faults(err error) []error {
	if wrong, ok := err.(*misuse); ok { //nolint:errorlint // the outermost only
		return faults(wrong.cause)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || !strings.Contains(err.Error(), "\n") {
		return []error{err}
	}
	var all []error
	for _, part := range joined.Unwrap() {
		all = append(all, faults(part)...)
	}
	return all
}

// oneLine is an error's text as one line without secrets, and without the name of
// the program, which every line begins with.
func oneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
	return redactTokens(strings.ReplaceAll(text, "fastpubsub: ", ""))
}

func redactTokens(text string) string {
	return accessToken.ReplaceAllString(text, "AT_${1}_[redacted]")
}
