package http_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

const (
	queueBytes = 1 << 20
	// floodMessages of floodBytes are more than the queue holds and what lies
	// between it and a client that does not read: 4 MiB of Go's HTTP/2 client.
	floodMessages = 150
	floodBytes    = 60000
	// flushed is after the time that a server gives its last words.
	flushed = 5 * time.Second
)

// flood publishes to a client that does not read, whom nobody waits for.
func (n *node) flood(t *testing.T, token string) {
	t.Helper()
	payload := make([]byte, floodBytes)
	for range floodMessages {
		_, err := n.pubsub(protocols[0]).Publish(t.Context(), with(token, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "flood", Payload: payload}))
		require.NoError(t, err)
		queued, _ := n.Registry.Queued()
		require.LessOrEqual(t, queued, queueBytes)
	}
}

func TestSlowSubscriberIsCutOff(t *testing.T) { // DL-8
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, n *node, _ func(context.Context) (net.Conn, error)) {
				token := n.TokenForAll(t)
				stream, err := n.pubsub(p).Subscribe(t.Context(), with(token, &fastpubsubv1.SubscribeRequest{Tenant: "t1", Patterns: []string{"flood"}}))
				require.NoError(t, err)
				require.True(t, stream.Receive(), stream.Err())
				n.flood(t, token)
				time.Sleep(flushed)
				require.Zero(t, n.Registry.Count(), "its memory is free, although it reads nothing")
				for stream.Receive() { //nolint:revive // until it ends
				}
				require.Error(t, stream.Err())
			}, rpctest.SmallQueue(queueBytes, outbox.Disconnect))
		})
	}
}

func TestSubscriberThatReadsAgainLearnsWhy(t *testing.T) { // DL-8
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, n *node, _ func(context.Context) (net.Conn, error)) {
				token := n.TokenForAll(t)
				stream, err := n.pubsub(p).Subscribe(t.Context(), with(token, &fastpubsubv1.SubscribeRequest{Tenant: "t1", Patterns: []string{"flood"}}))
				require.NoError(t, err)
				require.True(t, stream.Receive(), stream.Err())
				n.flood(t, token)
				for stream.Receive() { //nolint:revive // until it ends
				}
				requireReason(t, apierror.SlowConsumer, stream.Err())
			}, rpctest.SmallQueue(queueBytes, outbox.Disconnect))
		})
	}
}

func TestSlowSessionIsCutOff(t *testing.T) { // DL-8
	for _, p := range bidirectional() {
		t.Run(p.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, n *node, _ func(context.Context) (net.Conn, error)) {
				token := n.TokenForAll(t)
				stream := n.session(t, t.Context(), p, token)
				require.NoError(t, stream.Send(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
					Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: 1, Tenant: "t1", Pattern: "flood"},
				}}))
				_, err := stream.Receive()
				require.NoError(t, err)
				n.flood(t, token)
				time.Sleep(flushed)
				require.Zero(t, n.Registry.Count())
				for err == nil {
					_, err = stream.Receive()
				}
				_ = stream.CloseRequest()
				_ = stream.CloseResponse()
			}, rpctest.SmallQueue(queueBytes, outbox.Disconnect))
		})
	}
}
