package samples

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every sample of the book, as a reader runs it (CL-5, CL-6, CL-10, CL-11,
// CL-12, RS-2, RS-4, RS-5, SF-19).
func TestSamples(t *testing.T) {
	programs := buildPrograms(t)
	server := startServer(t, programs)

	t.Run("token by command line", func(t *testing.T) {
		token := strings.TrimSpace(server.run(t, server.webSocket(), "", "./cli/token.sh"))
		assert.Regexp(t, `^AT_[0-9a-f]{32}_[0-9a-f]{32}$`, token)
		server.assertHello(t, server.webSocket(), token, "./cli/publish.sh")
	})
	t.Run("publish and subscribe over WebSocket", func(t *testing.T) {
		server.assertHello(t, server.webSocket(), server.AccessToken, "./cli/publish.sh")
	})
	t.Run("publish and subscribe over gRPC", func(t *testing.T) {
		server.assertHello(t, server.grpc(), server.AccessToken, "./cli/publish.sh")
	})
	t.Run("publish by curl", func(t *testing.T) {
		server.assertHello(t, server.webSocket(), server.AccessToken, "./curl/publish.sh")
	})
	t.Run("raw WebSocket", func(t *testing.T) {
		out := server.run(t, server.webSocket(), server.AccessToken, filepath.Join(programs.folder, "sample-websocket"))
		assert.Equal(t, "OK:SUB:my-tenant:orders.#\nmy-tenant orders.eu.created hello\n", out)
	})
	for name, url := range map[string]string{"WebSocket": server.webSocket(), "gRPC": server.grpc()} {
		t.Run("Go over "+name, func(t *testing.T) {
			out := server.run(t, url, server.AccessToken, filepath.Join(programs.folder, "sample-go"))
			assert.Equal(t, "orders.eu.created: hello\n", out)
		})
	}
	t.Run("tokens by curl", server.testTokensByCurl)
	t.Run("metrics page", server.testMetricsPage)
}

// assertHello subscribes by the book's sample, publishes by another until the
// subscriber has got a message, and asserts that it was "hello".
func (s *devServer) assertHello(t *testing.T, url, token, publish string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	subscriber := s.command(ctx, url, token, "./cli/subscribe.sh")
	subscriber.Stdout, subscriber.Stderr = &stdout, &stderr
	require.NoError(t, subscriber.Start())
	done := make(chan error, 1)
	go func() { done <- subscriber.Wait() }()
	for {
		select {
		case err := <-done:
			require.NoError(t, err, stderr.String())
			assert.Equal(t, "hello\n", stdout.String())
			return
		default:
			s.run(t, url, token, publish)
		}
	}
}

func (s *devServer) testTokensByCurl(t *testing.T) {
	var created struct {
		Token   string `json:"token"`
		TokenID string `json:"token_id"`
	}
	require.NoError(t, json.Unmarshal([]byte(s.run(t, s.webSocket(), "", "./curl/create-token.sh")), &created))
	assert.Equal(t, "AT_"+created.TokenID, created.Token[:len("AT_")+len(created.TokenID)])
	s.assertHello(t, s.webSocket(), created.Token, "./curl/publish.sh")

	list := s.run(t, s.webSocket(), "", "./curl/list-tokens.sh")
	assert.Contains(t, list, created.TokenID)
	secret := created.Token[len("AT_")+len(created.TokenID)+1:]
	assert.NotContains(t, list, secret, "TK-2")

	s.run(t, s.webSocket(), created.Token, "./curl/revoke-token.sh")
	err := s.command(t.Context(), s.webSocket(), created.Token, "./curl/publish.sh").Run()
	assert.Error(t, err, "a revoked token publishes nothing")
}
