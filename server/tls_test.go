package server_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/certificate/certtest"
)

// TestTLS serves every wire with a certificate, and demands one of the client's
// if it is told to (OP-6, OP-7).
func TestTLS(t *testing.T) {
	c := testConfig()
	var pair tls.Certificate
	c.TLS.CertFile, c.TLS.KeyFile, _ = certtest.Issue(t, t.TempDir(), "server")
	c.TLS.ClientCAFile, _, pair = certtest.Issue(t, t.TempDir(), "client")
	s, _ := start(t, c)
	token := createToken(t, s, grant("t", "#", "#"))
	pem, err := os.ReadFile(c.TLS.CertFile)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(pem))
	known := &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}
	stranger := &tls.Config{RootCAs: roots}

	for _, config := range []*tls.Config{known, stranger} {
		_, wsErr := upgradeTLS(t, s.HTTPAddr(), token, config)
		grpcErr := welcomeTLS(t, s.GRPCAddr(), token, config)
		if config == known {
			assert.NoError(t, wsErr)
			assert.NoError(t, grpcErr)
		} else {
			assert.Error(t, wsErr, "no client certificate")
			assert.Error(t, grpcErr, "no client certificate")
		}
	}
}

func upgradeTLS(t *testing.T, address, token string, config *tls.Config) (*websocket.Conn, error) {
	transport := &http.Transport{TLSClientConfig: config.Clone()}
	t.Cleanup(transport.CloseIdleConnections)
	c, _, err := websocket.Dial(t.Context(), "wss://"+address+"/ws", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport}, Subprotocols: []string{"llps.v1", "at." + token},
	})
	if err == nil {
		t.Cleanup(func() { _ = c.CloseNow() })
	}
	return c, err
}

func welcomeTLS(t *testing.T, address, token string, config *tls.Config) error {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(config.Clone())))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
	stream, err := fastpubsubv1.NewPubSubServiceClient(conn).Session(ctx)
	if err == nil {
		_, err = stream.Recv()
	}
	return err
}

// TestMetricsAddress moves the metrics away from the HTTP port (OP-4), and counts
// what happens (OP-5).
func TestMetricsAddress(t *testing.T) {
	c := testConfig()
	c.MetricsAddr = "127.0.0.1:0"
	s, _ := start(t, c)
	token := createToken(t, s, grant("t", "#", "#"))
	w := newSessionWire(t, webSocketFrames{dialWebSocket(t, s, token, "fastpubsub.v1")})
	require.Empty(t, w.subscribe(t, "t", "a"))
	require.Empty(t, w.publish(t, "t", "b", []byte("12345")))
	require.Equal(t, "CHANNEL_INVALID", w.publish(t, "t", "", nil))
	require.Equal(t, "TOKEN_INVALID", refusedUpgrade(t, s, "nonsense"))
	status, _ := get(t, "http://"+s.HTTPAddr()+"/metrics")
	assert.Equal(t, 404, status)
	status, body := get(t, "http://"+s.MetricsAddr()+"/metrics")
	assert.Equal(t, 200, status)
	for _, line := range []string{
		`fastpubsub_connections{wire="session-websocket"} 1`,
		`fastpubsub_subscriptions 1`,
		`fastpubsub_publishes_total{mode="broadcast"} 1`,
		`fastpubsub_received_bytes_total 5`,
		`fastpubsub_refusals_total{reason="CHANNEL_INVALID"} 1`,
		`fastpubsub_refusals_total{reason="TOKEN_INVALID"} 1`,
		`fastpubsub_tokens_stored 1`,
		`fastpubsub_store_up 1`,
		`fastpubsub_backplane_up 1`,
		`fastpubsub_draining 0`,
		`fastpubsub_queued_messages 0`,
	} {
		assert.Contains(t, body, line+"\n")
	}
	assert.NotContains(t, body, token)
}
