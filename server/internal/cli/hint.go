package cli

import (
	"crypto/x509"
	"errors"
	"strings"
	"syscall"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// hintFor is what to try after an error; "" when there is nothing to say.
func hintFor(err error) string {
	if errors.Is(err, syscall.EADDRINUSE) {
		return "another program listens there; choose another --http-addr or --grpc-addr (port 0 picks a free one)"
	}
	// gRPC passes on the text of what is wrong with a certificate, and not the error.
	if strings.Contains(err.Error(), x509.UnknownAuthorityError{}.Error()) {
		return "the server's certificate comes from an unknown authority; name its file with --ca-file"
	}
	var unread *metricsFault
	if errors.As(err, &unread) {
		return unread.hint()
	}
	var failure *fastpubsub.Error
	if !errors.As(err, &failure) {
		return ""
	}
	if failure.Reason == fastpubsub.ReasonUnreachable {
		return unreachableHints.fitting(err.Error())
	}
	return hints[failure.Reason]
}

// textHints say what to try by what stands in an error's text.
type textHints []struct {
	causes []string
	text   string
}

// fitting is the first hint that fits; "" when none does.
func (h textHints) fitting(text string) string {
	for _, hint := range h {
		for _, cause := range hint.causes {
			if strings.Contains(text, cause) {
				return hint.text
			}
		}
	}
	return ""
}

// unreachableHints are for when no server was reached, by the texts of the SDK and
// of the network. They are for what the text does not say itself: when a port
// speaks something else than the address says, the text names what to use.
var unreachableHints = textHints{
	{[]string{"demands a client certificate"}, certificateHint},
	{[]string{"certificate is not trusted"}, authorityHint},
	{[]string{"no such host"}, "is the name of the server right? --url or --server names another one"},
	{
		[]string{"connection refused", "no answer in time", "no route to host", "network is unreachable", "context deadline exceeded"},
		"is the server running? \"fastpubsub serve --dev\" starts one; --url or --server names another one",
	},
}

// hints are what to try after a refusal of the catalogue or a failure of the
// client.
var hints = map[fastpubsub.Reason]string{
	fastpubsub.ReasonTimedOut:           "is the server running, and can it be reached from here? --timeout gives it more time",
	fastpubsub.ReasonTokenMissing:       newTokenHint,
	fastpubsub.ReasonTokenInvalid:       newTokenHint,
	fastpubsub.ReasonTokenExpired:       newTokenHint,
	fastpubsub.ReasonTokenRevoked:       newTokenHint,
	fastpubsub.ReasonMasterTokenInvalid: "--master-token or FASTPUBSUB_MASTER_TOKEN must be one of the server's master tokens",
	fastpubsub.ReasonPublishDenied:      "\"fastpubsub token list\" shows what a token allows; --tenant chooses the tenant",
	fastpubsub.ReasonSubscribeDenied:    "\"fastpubsub token list\" shows what a token allows; --tenant chooses the tenant",
}

const (
	newTokenHint    = "\"fastpubsub token create\" makes a new access token; give it with --token or FASTPUBSUB_TOKEN"
	certificateHint = "--cert-file and --key-file name the certificate to show to the server"
	authorityHint   = "--ca-file names the authority of a server whose certificate is right; the address must have a name that the certificate is for"
)
