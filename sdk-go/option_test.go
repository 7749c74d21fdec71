package fastpubsub_test

import (
	"crypto/tls"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/certtest"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/nodetest"
)

// Options cannot be half valid: each wrong one is named, before anything is tried.
func TestWrongOptions(t *testing.T) {
	for want, option := range map[string]fastpubsub.Option{
		"WithTokenSource":        fastpubsub.WithTokenSource(nil),
		"WithBackoff":            fastpubsub.WithBackoff(time.Second, time.Millisecond),
		"WithAttemptTimeout":     fastpubsub.WithAttemptTimeout(0),
		"WithPublishBuffer":      fastpubsub.WithPublishBuffer(0, 1),
		"WithSubscriptionBuffer": fastpubsub.WithSubscriptionBuffer(1, -1),
		"WithStateHandler":       fastpubsub.WithStateHandler(nil),
		"WithErrorHandler":       fastpubsub.WithErrorHandler(nil),
		"WithLogger":             fastpubsub.WithLogger(nil),
		"WithCA":                 fastpubsub.WithCA([]byte("no certificate")),
		"WithClientCertificate":  fastpubsub.WithClientCertificate(tls.Certificate{}),
		"option is nil":          nil,
	} {
		_, err := fastpubsub.Connect(t.Context(), "wss://127.0.0.1:1", fastpubsub.WithToken(token), option)
		require.ErrorIs(t, err, fastpubsub.ReasonRequestInvalid, want)
		assert.ErrorContains(t, err, want)
	}
}

func TestWrongCombinations(t *testing.T) {
	authority := certtest.NewAuthority(t)
	_, err := fastpubsub.Connect(t.Context(), "ws://127.0.0.1:1", fastpubsub.WithToken(token), fastpubsub.WithCA(authority.PEM()))
	require.ErrorIs(t, err, fastpubsub.ReasonRequestInvalid)
	assert.ErrorContains(t, err, "wss://")

	_, err = fastpubsub.Connect(t.Context(), "ws://127.0.0.1:1", fastpubsub.WithToken(token),
		fastpubsub.WithTokenSource(fastpubsub.TokenSource(nil)))
	require.ErrorIs(t, err, fastpubsub.ReasonRequestInvalid)

	_, err = fastpubsub.Connect(t.Context(), "http://127.0.0.1:1", fastpubsub.WithToken(token))
	require.ErrorIs(t, err, fastpubsub.ReasonRequestInvalid)

	_, err = fastpubsub.Connect(t.Context(), "ws://127.0.0.1:1")
	require.ErrorIs(t, err, fastpubsub.ReasonTokenMissing)

	client := connect(t, nodetest.NewCluster().NewNode("n").ServeWebSocket(t, nil))
	_, err = client.Subscribe(t.Context(), "t1", "c", fastpubsub.WithBuffer(1, 0))
	require.ErrorIs(t, err, fastpubsub.ReasonRequestInvalid)
}

// SDK-14: the options for TLS, over each transport.
func TestTLS(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		authority := certtest.NewAuthority(t)
		url := serve(nodetest.NewCluster().NewNode("n"), authority.DemandingServer())
		own := fastpubsub.WithClientCertificate(authority.Issue())

		client := connect(t, url, fastpubsub.WithCA(authority.PEM()), own)
		require.NoError(t, client.Publish(t.Context(), "t1", "c", nil))
		client = connect(t, url, fastpubsub.WithInsecureSkipVerify(), own)
		require.NoError(t, client.Publish(t.Context(), "t1", "c", nil))

		_, err := fastpubsub.Connect(t.Context(), url, fastpubsub.WithToken(token), own, quiet())
		require.ErrorIs(t, err, fastpubsub.ReasonUnreachable, "the system does not know this authority")
	})
}
