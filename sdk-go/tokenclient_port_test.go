package fastpubsub_test

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/certtest"
)

// SDK-12, SDK-15: a token client that is sent to a port which speaks something
// else is told what to use.
func TestTokenClientAtTheWrongPort(t *testing.T) {
	authority := certtest.NewAuthority(t)
	plainHTTP, plainGRPC := serveTokensHTTP(t, nil), serveTokensGRPC(t, nil)
	secureHTTP, secureGRPC := serveTokensHTTP(t, authority.Server()), serveTokensGRPC(t, authority.Server())
	for _, c := range []struct {
		scheme, server, want string
		retryable            bool
	}{
		{"https", plainHTTP, "this port speaks no TLS; use http://", false},
		{"http", secureHTTP, "this port speaks TLS; use https://", false},
		{"grpcs", plainGRPC, "this port speaks gRPC without TLS; use grpc://", false},
		{"grpc", secureGRPC, "without an answer; if this port speaks TLS, use grpcs://", true},
		{"http", plainGRPC, "this port speaks gRPC without TLS; use grpc://", false},
		{"https", secureGRPC, "this port speaks gRPC; use grpcs://", false},
		{"http", secureGRPC, "without an answer; if this port speaks TLS, use https:// or grpcs://", true},
		{"grpc", plainHTTP, "this port speaks HTTP/1.1 and no gRPC; use the server's gRPC port, or http://", false},
		{"grpc", "grpc://127.0.0.1:1", "cannot connect to 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused", true},
		{"http", "http://127.0.0.1:1", "cannot connect to 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused", true},
	} {
		address := c.scheme + c.server[strings.Index(c.server, "://"):]
		var options []fastpubsub.Option
		if strings.HasSuffix(c.scheme, "s") {
			options = append(options, fastpubsub.WithCA(authority.PEM()))
		}
		err := newTokenClient(t, address, master, options...).Revoke(t.Context(), "a")
		var failure *fastpubsub.Error
		require.True(t, errors.As(err, &failure), address)
		assert.Equal(t, fastpubsub.ReasonUnreachable, failure.Reason, address)
		assert.Equal(t, c.retryable, failure.Retryable, address)
		assert.ErrorContains(t, err, c.want, address)
		assert.NotContains(t, err.Error(), "rpc error", address)
	}
}

// SDK-14: a server that wants a certificate of the client says so.
func TestTokenClientWithoutTheCertificateDemanded(t *testing.T) {
	overEach(t, func(t *testing.T, serve func(*tls.Config) string) {
		authority := certtest.NewAuthority(t)
		client := newTokenClient(t, serve(authority.DemandingServer()), master, fastpubsub.WithCA(authority.PEM()))
		for range 3 { // of each connection
			err := client.Revoke(t.Context(), "a")
			require.ErrorContains(t, err, "the server demands a client certificate")
			var failure *fastpubsub.Error
			require.True(t, errors.As(err, &failure))
			assert.False(t, failure.Retryable)
		}
	})
}
