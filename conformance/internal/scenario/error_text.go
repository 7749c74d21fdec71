package scenario

import (
	"fmt"
	"strings"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// wordsLeast is how many words, beside the reason, say at least what is wrong.
const wordsLeast = 4

// rawNames are parts of the names that a language or a transport has for its own
// errors, and that say nothing to a reader.
var rawNames = []string{
	"Exception", "java.", "javax.", "io.grpc", "System.", "Grpc.Core", "StatusCode=",
	"rpc error: code", "hyper::", "tonic::", "tungstenite::", "rustls::", "Os {", "errors.errorString",
}

// problemOfText is what is wrong with an error's text; "": nothing.
func problemOfText(reported *conformancev1.SdkError) string {
	for _, name := range rawNames {
		if strings.Contains(reported.GetMessage(), name) {
			return fmt.Sprintf("has the raw name %q", name)
		}
	}
	words := 0
	for _, word := range strings.Fields(reported.GetMessage()) {
		if strings.Trim(word, ".:,;()[]") != reported.GetReason() {
			words++
		}
	}
	if words < wordsLeast {
		return fmt.Sprintf("has fewer than %d words beside the reason", wordsLeast)
	}
	return ""
}
