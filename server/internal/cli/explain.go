package cli

import (
	"regexp"
	"strings"
)

// accessToken is the text of an access token; the id in it is no secret.
var accessToken = regexp.MustCompile(`AT_([^_\s"']*)_[^\s"']+`)

// explain is what people read of an error: one line a fault, without secrets,
// and after some a line that says what to try.
func explain(err error) []string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, redactTokens(line))
		}
	}
	if hint := hintFor(err); hint != "" {
		lines = append(lines, hint)
	}
	return lines
}

func redactTokens(text string) string {
	return accessToken.ReplaceAllString(text, "AT_${1}_[redacted]")
}
