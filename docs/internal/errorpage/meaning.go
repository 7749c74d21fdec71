package main

import (
	"bytes"
	"regexp"
	"strings"
)

var reasonLine = regexp.MustCompile(`^\s*(ERROR_REASON_[A-Z_]+) = [0-9]+`)

// meanings gives the comment above each reason of error.proto, as one line.
// Compiled descriptors hold no comments.
func meanings(source []byte) map[string]string {
	found := map[string]string{}
	var comment []string
	for line := range bytes.Lines(source) {
		text := strings.TrimSpace(string(line))
		if rest, ok := strings.CutPrefix(text, "//"); ok {
			comment = append(comment, strings.TrimSpace(rest))
			continue
		}
		if match := reasonLine.FindStringSubmatch(text); match != nil {
			found[match[1]] = strings.Join(comment, " ")
		}
		comment = nil
	}
	return found
}
