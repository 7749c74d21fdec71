package fastpubsub_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/nodetest"
)

// everywhere prints a value in every way that an application may.
func everywhere(t *testing.T, values ...any) string {
	t.Helper()
	var printed bytes.Buffer
	for _, value := range values {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(&printed, format+"\n", value)
		}
		for _, handler := range []slog.Handler{slog.NewTextHandler(&printed, nil), slog.NewJSONHandler(&printed, nil)} {
			slog.New(handler).Info("printed", "value", value)
		}
		if encoded, err := json.Marshal(value); err == nil {
			printed.Write(encoded)
		}
	}
	return printed.String()
}

// requireNoSecret looks for the secret as text, in hexadecimal, and as a list of
// numbers.
func requireNoSecret(t *testing.T, secret, printed string) {
	t.Helper()
	require.NotContains(t, printed, secret)
	require.NotContains(t, printed, fmt.Sprintf("%x", secret))
	require.NotContains(t, printed, strings.Trim(fmt.Sprint([]byte(secret)), "[]"))
}

// SDK-19: no exported value shows a token, however it is printed.
func TestNoSecretIsPrinted(t *testing.T) {
	const secret = "secretsecretsecret"
	node := nodetest.NewCluster().NewNode("n")
	url := node.ServeWebSocket(t, nil)
	var log bytes.Buffer
	options := []fastpubsub.Option{fastpubsub.WithToken(token), fastpubsub.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))}
	client, err := fastpubsub.Connect(t.Context(), url, options...)
	require.NoError(t, err)
	sub, err := client.Subscribe(t.Context(), "t1", "c")
	require.NoError(t, err)
	result := client.PublishAsync(t.Context(), "t1", "c", nil)
	require.NoError(t, result.Wait(t.Context()))
	tokens, err := fastpubsub.NewTokenClient("http://127.0.0.1:1", "master-"+secret)
	require.NoError(t, err)
	_, refused := tokens.Create(t.Context(), fastpubsub.TokenRequest{})
	require.Error(t, refused)
	revoked := tokens.Revoke(t.Context(), token)
	require.Error(t, revoked)

	printed := everywhere(t, client, sub, result, tokens, refused, revoked, options, options[0], fastpubsub.WithToken(token), client.Status(), *client, *sub, *result, *tokens)
	require.NoError(t, client.Close(t.Context()))
	requireNoSecret(t, secret, printed+log.String())
	assert.Contains(t, log.String(), "CONNECTED")
}

// SDK-19: nor do errors and logs of attempts that fail, on any transport.
func TestNoSecretInFailures(t *testing.T) {
	const secret = "secretsecretsecret"
	forEach(t, func(t *testing.T, serve serveFunc) {
		node := nodetest.NewCluster().NewNode("n")
		node.Admit = func(string) *nodetest.Refusal {
			return &nodetest.Refusal{Reason: fastpubsubv1.ErrorReason_ERROR_REASON_OVERLOADED, Text: "busy"}
		}
		url := serve(node, nil)
		var log bytes.Buffer
		logger := fastpubsub.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		for _, address := range []string{url, "ws://127.0.0.1:1", "grpcs://127.0.0.1:1", "ws://" + token + "@127.0.0.1", "wss://" + token + ":x/"} {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			_, err := fastpubsub.Connect(ctx, address, fastpubsub.WithToken(token), logger)
			cancel()
			require.Error(t, err)
			requireNoSecret(t, secret, everywhere(t, err)+err.Error()+log.String())
		}
	})
}
