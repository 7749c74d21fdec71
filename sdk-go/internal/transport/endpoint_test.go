package transport_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// SDK-1: the address chooses the transport.
func TestParseEndpoint(t *testing.T) {
	for address, want := range map[string]transport.Endpoint{
		"ws://127.0.0.1:8080/ws":    {Kind: transport.WebSocket, Host: "127.0.0.1:8080", Path: "/ws"},
		"ws://example.org":          {Kind: transport.WebSocket, Host: "example.org:80", Path: "/"},
		"WSS://example.org/a?b=c":   {Kind: transport.WebSocket, Secure: true, Host: "example.org:443", Path: "/a?b=c"},
		"grpc://[::1]:9090":         {Kind: transport.GRPC, Host: "[::1]:9090", Path: "/"},
		"grpcs://example.org/":      {Kind: transport.GRPC, Secure: true, Host: "example.org:9090", Path: "/"},
		"wss://example.org:8443/ws": {Kind: transport.WebSocket, Secure: true, Host: "example.org:8443", Path: "/ws"},
	} {
		got, err := transport.ParseEndpoint(address)
		require.NoError(t, err, address)
		assert.Equal(t, want, got, address)
	}
}

// SDK-19: what is wrong with an address is said without repeating it.
func TestParseEndpointRefuses(t *testing.T) {
	for _, address := range []string{
		"", "127.0.0.1:8080", "http://hidden", "ws://", "ws://user:hidden@example.org", "grpc://example.org/hidden",
		"grpc://example.org?hidden", "ws://example.org/#hidden", "ws://exa mple/hidden", "ws://example.org:hidden", "://hidden",
	} {
		_, err := transport.ParseEndpoint(address)
		require.Error(t, err, address)
		assert.Equal(t, fault.RequestInvalid, fault.From(err).Reason, address)
		assert.NotContains(t, err.Error(), "hidden")
	}
}

// The example is one of the scheme that was meant.
func TestParseEndpointShowsAnExample(t *testing.T) {
	for address, want := range map[string]string{
		"grpc://example.org/path": "and no path; for example grpc://127.0.0.1:9090",
		"grpcs://":                "no host; for example grpc://127.0.0.1:9090",
		"wss://":                  "no host; for example ws://127.0.0.1:8080/ws",
		"http://example.org":      "wss://, grpc:// or grpcs://; for example ws://127.0.0.1:8080/ws",
	} {
		_, err := transport.ParseEndpoint(address)
		require.ErrorContains(t, err, want, address)
	}
}
