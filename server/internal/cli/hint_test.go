package cli

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// The hint fits why no server was reached; a text that says itself what to use
// gets none.
func TestHintOfAnUnreachableServer(t *testing.T) {
	for text, want := range map[string]string{
		"dial tcp 127.0.0.1:1: connect: connection refused":              "is the server running?",
		"there was no answer in time: context deadline exceeded":         "is the server running?",
		"lookup nohost.invalid: no such host":                            "is the name of the server right?",
		"the server demands a client certificate and got none":           "--cert-file and --key-file",
		"its certificate is not trusted: x509: certificate has expired":  "a name that the certificate is for",
		"x509: certificate signed by unknown authority":                  "name its file with --ca-file",
		"this port speaks TLS; use wss://":                               "",
		"this port speaks gRPC; use grpcs://, or the server's HTTP port": "",
		"closed the connection without an answer; use grpcs://: EOF":     "",
	} {
		err := fmt.Errorf("cannot connect: %w", &fastpubsub.Error{Reason: fastpubsub.ReasonUnreachable, Message: text})
		if want == "" {
			assert.Empty(t, hintFor(err), text)
			continue
		}
		assert.Contains(t, hintFor(err), want, text)
	}
	assert.Empty(t, hintFor(errors.New("connection refused")), "no error of a client")
}

// An address that has the wrong scheme for its port is mended with what the error
// names.
func TestWrongScheme(t *testing.T) {
	server := startDev(t)
	for _, test := range []struct {
		invocation invocation
		want       string
	}{
		{server.client("pub", "a", "x", "--url=ws://"+server.GRPC), "this port speaks gRPC without TLS; use grpc://"},
		{server.client("pub", "a", "x", "--url=wss://"+server.HTTP), "this port speaks no TLS; use ws://"},
		{server.client("pub", "a", "x", "--url=grpcs://"+server.GRPC), "this port speaks gRPC without TLS; use grpc://"},
		{server.client("token", "list", "--server=http://"+server.GRPC), "this port speaks gRPC without TLS; use grpc://"},
		{server.client("token", "list", "--server=https://"+server.HTTP), "this port speaks no TLS; use http://"},
	} {
		got := test.invocation.run(t)
		assert.Equal(t, exitFailed, got.code)
		assert.Contains(t, got.stderr, test.want)
		assert.NotContains(t, got.stderr, "is the server running?")
	}
}
