package scenario

import (
	"testing"

	"github.com/stretchr/testify/assert"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// TestTextsOfErrors tells a text for people from none, and from one that shows
// what only a programmer of the SDK understands.
func TestTextsOfErrors(t *testing.T) {
	for message, problem := range map[string]string{
		"":                       "fewer than 4 words",
		"TOKEN_EXPIRED":          "fewer than 4 words",
		"TOKEN_EXPIRED: expired": "fewer than 4 words",
		"fastpubsub: TOKEN_EXPIRED: the token has expired":                          "",
		"the token has expired":                                                     "",
		"cannot connect to h:1: java.net.ConnectException":                          `the raw name "Exception"`,
		"cannot connect to h:1: java.io.IOError: refused":                           `the raw name "java."`,
		"cannot connect to h:1: rpc error: code = Unavailable desc = x":             `the raw name "rpc error: code"`,
		"cannot connect to h:1: hyper::Error(Connect)":                              `the raw name "hyper::"`,
		"cannot connect to h:1: Os { code: 111, kind: ConnectionRefused }, refused": `the raw name "Os {"`,
	} {
		got := problemOfText(&conformancev1.SdkError{Reason: "TOKEN_EXPIRED", Message: message})
		if problem == "" {
			assert.Empty(t, got, message)
		} else {
			assert.Contains(t, got, problem, message)
		}
	}
}
