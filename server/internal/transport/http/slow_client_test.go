package http_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

func TestSlowSubscriberIsCutOff(t *testing.T) { // DL-8
	t.Parallel()
	for _, p := range []protocol{protocols[0], protocols[1]} { // the others end up on these, too
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			n := newNode(t, rpctest.SmallQueue(1<<20, outbox.Disconnect))
			token := n.TokenForAll(t)
			stream, err := n.pubsub(p).Subscribe(t.Context(), with(token, &fastpubsubv1.SubscribeRequest{Tenant: "t1", Patterns: []string{"flood"}}))
			require.NoError(t, err)
			require.True(t, stream.Receive(), stream.Err())
			n.flood(t, token)
			for stream.Receive() { //nolint:revive // until it ends
			}
			require.Error(t, stream.Err())
		})
	}
}

// flood publishes until no session is left, which reads nothing.
func (n *node) flood(t *testing.T, token string) {
	t.Helper()
	payload := make([]byte, 60000)
	for n.Registry.Count() > 0 {
		_, err := n.pubsub(protocols[0]).Publish(t.Context(), with(token, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "flood", Payload: payload}))
		require.NoError(t, err)
		queued, _ := n.Registry.Queued()
		require.LessOrEqual(t, queued, 1<<20)
	}
}

func TestSlowSessionIsCutOff(t *testing.T) { // DL-8
	t.Parallel()
	for _, p := range bidirectional()[:1] {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			n := newNode(t, rpctest.SmallQueue(1<<20, outbox.Disconnect))
			token := n.TokenForAll(t)
			stream := n.session(t, t.Context(), p, token)
			require.NoError(t, stream.Send(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
				Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: 1, Tenant: "t1", Pattern: "flood"},
			}}))
			_, err := stream.Receive()
			require.NoError(t, err)
			n.flood(t, token)
			for err == nil {
				_, err = stream.Receive()
			}
			require.NotErrorIs(t, err, io.EOF, "it does not end in order")
			_ = stream.CloseRequest()
			_ = stream.CloseResponse()
		})
	}
}

func TestClientThatNeverReadsHoldsNothing(t *testing.T) { // DL-8
	t.Parallel()
	for _, p := range []protocol{protocols[0], protocols[1]} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			n := newNode(t, rpctest.SmallQueue(1<<20, outbox.Disconnect))
			token := n.TokenForAll(t)
			stream, err := n.pubsub(p).Subscribe(t.Context(), with(token, &fastpubsubv1.SubscribeRequest{Tenant: "t1", Patterns: []string{"flood"}}))
			require.NoError(t, err)
			require.True(t, stream.Receive(), stream.Err())
			n.flood(t, token)
			ctx, cancel := context.WithTimeout(t.Context(), waitTime)
			defer cancel()
			n.http1.CloseIdleConnections()
			n.server.Stop(ctx)
			require.NoError(t, ctx.Err(), "the call has ended without its client")
		})
	}
}
