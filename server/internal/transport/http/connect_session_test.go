package http_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"testing"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

// bidirectional are the protocols that carry Session.
func bidirectional() []protocol { return []protocol{protocols[1], protocols[5]} }

func (n *node) session(t *testing.T, ctx context.Context, p protocol, token string) *connect.BidiStreamForClient[fastpubsubv1.SessionRequest, fastpubsubv1.SessionResponse] {
	t.Helper()
	stream := n.pubsub(p).Session(ctx)
	stream.RequestHeader().Set("Authorization", "Bearer "+token)
	require.NoError(t, stream.Send(nil)) // the headers
	first, err := stream.Receive()
	require.NoError(t, err)
	require.NotNil(t, first.GetWelcome())
	return stream
}

// sendLast sends what ends the session, which may happen before all has been sent.
func sendLast(t *testing.T, stream *connect.BidiStreamForClient[fastpubsubv1.SessionRequest, fastpubsubv1.SessionResponse], request *fastpubsubv1.SessionRequest) {
	t.Helper()
	if err := stream.Send(request); err != nil {
		require.ErrorIs(t, err, io.EOF)
	}
}

func ping(id uint64) *fastpubsubv1.SessionRequest {
	return &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{Ping: &fastpubsubv1.PingCommand{RequestId: id}}}
}

func TestSessionOverHTTP2(t *testing.T) { // OP-1, OP-7
	n := newNode(t)
	all := append(bidirectional(), protocol{"Connect with JSON over HTTP/2", true, []connect.ClientOption{connect.WithProtoJSON()}})
	for _, p := range all {
		t.Run(p.name, func(t *testing.T) {
			stream := n.session(t, t.Context(), p, n.TokenForAll(t))
			for id := range uint64(10) {
				require.NoError(t, stream.Send(ping(id+1)))
				response, err := stream.Receive()
				require.NoError(t, err)
				require.Equal(t, []uint64{id + 1}, response.GetSuccess().GetRequestIds())
			}
			require.NoError(t, stream.Send(ping(77)))
			require.NoError(t, stream.CloseRequest())
			response, err := stream.Receive()
			require.NoError(t, err)
			assert.Equal(t, []uint64{77}, response.GetSuccess().GetRequestIds(), "answers still come")
			_, err = stream.Receive()
			require.ErrorIs(t, err, io.EOF)
			require.NoError(t, stream.CloseResponse())
			assert.Zero(t, n.Registry.Count())
		})
	}
}

func TestSessionEndsWithItsReason(t *testing.T) { // SF-18
	n := newNode(t)
	for _, p := range bidirectional() {
		t.Run(p.name, func(t *testing.T) {
			token := n.TokenForAll(t)
			revoked := n.session(t, t.Context(), p, token)
			n.Revoke(t, token) // TK-10
			response, err := revoked.Receive()
			require.NoError(t, err)
			assert.True(t, response.GetFailure().GetClosesSession())
			_, err = revoked.Receive()
			requireReason(t, apierror.TokenRevoked, err)

			unreadable := n.session(t, t.Context(), p, n.TokenForAll(t))
			sendLast(t, unreadable, &fastpubsubv1.SessionRequest{})
			_, err = unreadable.Receive()
			require.NoError(t, err)
			_, err = unreadable.Receive()
			requireReason(t, apierror.FrameInvalid, err)

			large := n.session(t, t.Context(), p, n.TokenForAll(t))
			sendLast(t, large, &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Publish{
				Publish: &fastpubsubv1.PublishCommand{Messages: []*fastpubsubv1.OutgoingMessage{{Channel: "a", Payload: make([]byte, rpctest.Limits.FrameBytes)}}},
			}})
			response, err = large.Receive()
			require.NoError(t, err)
			assert.Equal(t, apierror.PayloadTooLarge, response.GetFailure().GetReason())
			_, err = large.Receive()
			requireReason(t, apierror.PayloadTooLarge, err)
		})
	}
}

func TestSessionNeedsHTTP2(t *testing.T) {
	n := newNode(t)
	stream := n.pubsub(protocols[0]).Session(t.Context())
	_ = stream.Send(nil)
	_, err := stream.Receive()
	require.Error(t, err)
	require.NoError(t, stream.CloseResponse())
}

func TestTLS(t *testing.T) { // OP-6
	own, pool := rpctest.Certificate(t)
	f := rpctest.New(t)
	secured := serverOptions
	secured.TLS = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	n := start(t, f, options(f), secured)
	trust := func(c *http.Client) *http.Client {
		c.Transport.(*http.Transport).TLSClientConfig.RootCAs = pool
		return c
	}
	n.http1 = trust(n.http1)
	n.http2 = trust(client(t, (*http.Protocols).SetHTTP2))
	assert.Equal(t, "pong", n.get(t, "/ping").body)
	stream := n.session(t, t.Context(), bidirectional()[0], n.TokenForAll(t))
	require.NoError(t, stream.Send(ping(1)))
	response, err := stream.Receive()
	require.NoError(t, err)
	assert.Equal(t, []uint64{1}, response.GetSuccess().GetRequestIds())
	require.NoError(t, stream.CloseRequest())
	_, err = stream.Receive()
	require.ErrorIs(t, err, io.EOF)
	require.NoError(t, stream.CloseResponse())
}
