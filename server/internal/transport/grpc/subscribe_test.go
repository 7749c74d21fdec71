package grpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

const (
	waitTime = time.Minute
	tick     = time.Millisecond
)

func contextOf(t testing.TB) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

func (n *node) publish(t testing.TB, token, channel, payload string) *fastpubsubv1.MessageId {
	t.Helper()
	response, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Publish(with(t.Context(), token), &fastpubsubv1.PublishRequest{
		Tenant: "t1", Channel: channel, Payload: []byte(payload),
	})
	require.NoError(t, err)
	return response.GetMessageId()
}

func TestSubscribeBeginsWithAllHandles(t *testing.T) { // SF-19, SF-20
	n := newNode(t)
	token := n.TokenForAll(t)
	ctx, cancel := contextOf(t)
	defer cancel()
	stream, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Subscribe(with(ctx, token), &fastpubsubv1.SubscribeRequest{
		Tenant: "t1", Patterns: []string{"a.*", "a.#", "a.*"},
	})
	require.NoError(t, err)
	first, err := stream.Recv()
	require.NoError(t, err)
	handles := first.GetSubscribed().GetPatternHandles()
	require.Len(t, handles, 3)
	assert.Equal(t, handles[0], handles[2], "the same pattern has the same handle")
	assert.NotEqual(t, handles[0], handles[1])

	id := n.publish(t, token, "a.b", "hello")
	n.publish(t, token, "b", "not for us")
	n.publish(t, token, "a", "world")
	var got []*fastpubsubv1.Delivery
	for len(got) < 2 {
		response, err := stream.Recv()
		require.NoError(t, err)
		got = append(got, response.GetDeliveries().GetMessages()...)
	}
	assert.Equal(t, "hello", string(got[0].GetPayload()))
	assert.Equal(t, id.GetSequence(), got[0].GetIdSequence())
	assert.ElementsMatch(t, handles[:2], got[0].GetPatternHandles())
	assert.Equal(t, "world", string(got[1].GetPayload()))
	assert.Equal(t, handles[1:2], got[1].GetPatternHandles())

	cancel()
	require.Eventually(t, func() bool { return n.Registry.Count() == 0 }, waitTime, tick)
}

func TestRefusedSubscribeLeavesNothingBehind(t *testing.T) { // SF-20
	n := newNode(t)
	err := n.call(t, n.TokenForAll(t), "fastpubsub.v1.PubSubService", "Subscribe",
		&fastpubsubv1.SubscribeRequest{Tenant: "t1", Patterns: []string{"a", "b", "#.c"}})
	requireReason(t, apierror.PatternInvalid, err)
	assert.Zero(t, n.Registry.Count())
}

func TestSubscribeIsToldToGoAway(t *testing.T) { // DL-10, SF-20
	n := newNode(t)
	stream, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Subscribe(with(t.Context(), n.TokenForAll(t)), &fastpubsubv1.SubscribeRequest{
		Tenant: "t1", Patterns: []string{"a"},
	})
	require.NoError(t, err)
	_, err = stream.Recv()
	require.NoError(t, err)
	go n.Registry.Drain(context.Background(), 50*time.Millisecond)
	response, err := stream.Recv()
	require.NoError(t, err)
	assert.Equal(t, apierror.Draining, response.GetGoAway().GetReason())
	assert.NotNil(t, response.GetGoAway().GetTimeUntilClose())
	_, err = stream.Recv()
	requireReason(t, apierror.Draining, err)
}

func TestSubscribeIsToldWhatItLost(t *testing.T) { // DL-8, SF-20
	n := newNode(t, rpctest.SmallQueue(1<<20, outbox.DropOldest))
	token := n.TokenForAll(t)
	stream, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Subscribe(with(t.Context(), token), &fastpubsubv1.SubscribeRequest{
		Tenant: "t1", Patterns: []string{"flood"},
	})
	require.NoError(t, err)
	_, err = stream.Recv()
	require.NoError(t, err)
	const messages = 200
	for range messages {
		n.publish(t, token, "flood", string(make([]byte, 60000)))
	}
	var received, lost uint64
	for received+lost < messages {
		response, err := stream.Recv()
		require.NoError(t, err)
		received += uint64(len(response.GetDeliveries().GetMessages()))
		lost += response.GetLost().GetMessages()
	}
	assert.NotZero(t, lost)
}

func TestRevokedTokenEndsItsStreams(t *testing.T) { // TK-10
	n := newNode(t)
	token := n.TokenForAll(t)
	c := n.open(t, t.Context(), token)
	stream, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Subscribe(with(t.Context(), token), &fastpubsubv1.SubscribeRequest{
		Tenant: "t1", Patterns: []string{"a"},
	})
	require.NoError(t, err)
	_, err = stream.Recv()
	require.NoError(t, err)
	n.Revoke(t, token)
	_, err = stream.Recv()
	requireReason(t, apierror.TokenRevoked, err)
	last, err := c.end()
	requireReason(t, apierror.TokenRevoked, err)
	assert.True(t, last.GetFailure().GetClosesSession())
}
