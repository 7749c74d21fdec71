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
	var failure *fastpubsub.Error
	if !errors.As(err, &failure) {
		return ""
	}
	return hints[failure.Reason]
}

// hints are what to try after a refusal of the catalogue or a failure of the
// client.
var hints = map[fastpubsub.Reason]string{
	fastpubsub.ReasonUnreachable:        "is the server running? \"fastpubsub serve --dev\" starts one; --url or --server names another one",
	fastpubsub.ReasonTokenMissing:       newTokenHint,
	fastpubsub.ReasonTokenInvalid:       newTokenHint,
	fastpubsub.ReasonTokenExpired:       newTokenHint,
	fastpubsub.ReasonTokenRevoked:       newTokenHint,
	fastpubsub.ReasonMasterTokenInvalid: "--master-token or FASTPUBSUB_MASTER_TOKEN must be one of the server's master tokens",
	fastpubsub.ReasonPublishDenied:      "\"fastpubsub token list\" shows what a token allows; --tenant chooses the tenant",
	fastpubsub.ReasonSubscribeDenied:    "\"fastpubsub token list\" shows what a token allows; --tenant chooses the tenant",
}

const newTokenHint = "\"fastpubsub token create\" makes a new access token; give it with --token or FASTPUBSUB_TOKEN"
