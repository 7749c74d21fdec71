package grpc_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

func TestSessionBeginsWithItsWelcome(t *testing.T) { // SF-2, SF-4
	n := newNode(t)
	stream, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Session(with(t.Context(), n.TokenForAll(t)))
	require.NoError(t, err)
	first, err := stream.Recv()
	require.NoError(t, err)
	welcome := first.GetWelcome()
	assert.Equal(t, "node-1", welcome.GetNode())
	assert.Equal(t, "v-test", welcome.GetServerVersion())
	assert.NotEmpty(t, welcome.GetSessionId())
	assert.EqualValues(t, 256<<10, welcome.GetLimits().GetMaxFrameBytes())
	assert.EqualValues(t, 20, welcome.GetKeepAliveInterval().GetSeconds())
	assert.NotNil(t, welcome.GetTokenExpiresAt())
}

func TestSessionDeliversToItselfAndToOthers(t *testing.T) { // DL-2, DL-3, DL-5, SF-6, SF-13, SF-14, SF-15
	n := newNode(t)
	token := n.TokenForAll(t)
	other := n.open(t, t.Context(), token)
	exact, all := other.subscribe(1, "a.b"), other.subscribe(2, "a.#")
	own := n.open(t, t.Context(), token)
	require.Equal(t, exact, own.subscribe(7, "a.b"), "handles are equal on the node")

	own.publish(message(8, "a.b", "hello"))
	first := own.next().GetDeliveries().GetMessages()
	require.Len(t, first, 1)
	assert.Equal(t, []uint64{exact}, first[0].GetPatternHandles())
	assert.Equal(t, []uint64{8}, own.next().GetSuccess().GetRequestIds())

	got := other.next().GetDeliveries().GetMessages()
	require.Len(t, got, 1, "one delivery for both subscriptions")
	assert.ElementsMatch(t, []uint64{exact, all}, got[0].GetPatternHandles())
	assert.Equal(t, "t1", got[0].GetTenant())
	assert.Equal(t, "a.b", got[0].GetChannel())
	assert.Equal(t, "hello", string(got[0].GetPayload()))
	assert.NotZero(t, got[0].GetIdSequence())
	assert.Equal(t, first[0].GetIdOrigin(), got[0].GetIdOrigin())
	assert.NotZero(t, got[0].GetPublishedAtUnixNanos())
}

func TestSessionRefusesSingleCommands(t *testing.T) { // SF-5, SF-8, SF-11, SF-12
	n := newNode(t)
	c := n.open(t, t.Context(), n.TokenForAll(t))
	c.publish(message(3, "a..b", ""), message(4, "a.b", ""), message(5, "a.b", strings.Repeat("x", 65536)))
	var reasons []apierror.Reason
	var succeeded []uint64
	for range 3 {
		response := c.next()
		if failure := response.GetFailure(); failure != nil {
			assert.False(t, failure.GetClosesSession())
			reasons = append(reasons, failure.GetReason())
		}
		succeeded = append(succeeded, response.GetSuccess().GetRequestIds()...)
	}
	assert.Equal(t, []apierror.Reason{apierror.ChannelInvalid, apierror.PayloadTooLarge}, reasons) // CH-3, DL-7
	assert.Equal(t, []uint64{4}, succeeded)
	c.ping(9)
	assert.Equal(t, []uint64{9}, c.next().GetSuccess().GetRequestIds(), "the session goes on")
}

func TestManyDeliveriesShareMessages(t *testing.T) { // DL-4, SF-13
	const messages, size = 2000, 100
	n := newNode(t)
	token := n.TokenForAll(t)
	c := n.open(t, t.Context(), token)
	c.subscribe(1, "burst")
	publisher := n.open(t, t.Context(), token)
	batch := make([]*fastpubsubv1.OutgoingMessage, messages)
	for i := range batch {
		batch[i] = message(0, "burst", strings.Repeat(string(rune('a'+i%26)), size))
	}
	publisher.publish(batch[:messages/2]...)
	publisher.publish(batch[messages/2:]...)
	responses, received := 0, 0
	for received < messages {
		deliveries := c.next().GetDeliveries().GetMessages()
		for _, d := range deliveries {
			require.Equal(t, batch[received].GetPayload(), d.GetPayload())
			received++
		}
		responses++
	}
	assert.Less(t, responses, messages/10)
}

func TestLargePayloadsArriveWhole(t *testing.T) { // DL-7
	n := newNode(t)
	c := n.open(t, t.Context(), n.TokenForAll(t))
	c.subscribe(1, "large")
	for _, size := range []int{0, 1, 4095, 4097, 15 << 10, 16384, 65535} {
		payload := bytes.Repeat([]byte{byte(size)}, size)
		c.publish(&fastpubsubv1.OutgoingMessage{Tenant: "t1", Channel: "large", Payload: payload})
		got := c.next().GetDeliveries().GetMessages()
		require.Len(t, got, 1)
		require.True(t, bytes.Equal(payload, got[0].GetPayload()), "%d bytes", size)
	}
}

func TestHalfClosedSessionGetsItsAnswers(t *testing.T) {
	n := newNode(t)
	c := n.open(t, t.Context(), n.TokenForAll(t))
	for id := range uint64(100) {
		c.publish(message(id+1, "a", "x"))
	}
	require.NoError(t, c.stream.CloseSend())
	last, err := c.end()
	require.NoError(t, err)
	assert.Contains(t, last.GetSuccess().GetRequestIds(), uint64(100))
	require.Eventually(t, func() bool { return n.Registry.Count() == 0 }, waitTime, tick) // the client learns of the end first
}

func TestUnreadableFrameEndsTheSession(t *testing.T) { // SF-3, SF-18
	n := newNode(t)
	c := n.open(t, t.Context(), n.TokenForAll(t))
	c.send(&fastpubsubv1.SessionRequest{}) // none of the commands
	last, err := c.end()
	requireReason(t, apierror.FrameInvalid, err)
	assert.Equal(t, apierror.FrameInvalid, last.GetFailure().GetReason())
	assert.True(t, last.GetFailure().GetClosesSession())
}

func TestFrameBeyondTheLimitEndsTheSession(t *testing.T) { // SF-18
	n := newNode(t)
	c := n.open(t, t.Context(), n.TokenForAll(t))
	c.ping(1)
	c.publish(message(2, "a", strings.Repeat("x", rpctest.Limits.FrameBytes)))
	last, err := c.end()
	requireReason(t, apierror.PayloadTooLarge, err)
	assert.Equal(t, apierror.PayloadTooLarge, last.GetFailure().GetReason())
	assert.True(t, last.GetFailure().GetClosesSession())
}

func TestCanceledSessionIsForgotten(t *testing.T) {
	n := newNode(t)
	token := n.TokenForAll(t)
	ctx, cancel := contextOf(t)
	c := n.open(t, ctx, token)
	c.subscribe(1, "a")
	cancel()
	_, err := c.end()
	require.Error(t, err)
	require.Eventually(t, func() bool { return n.Registry.Count() == 0 }, waitTime, tick)
}

func TestSlowConsumerIsCutOffAndHurtsNobody(t *testing.T) { // DL-8, LM-8
	const bound = 1 << 20
	n := newNode(t, rpctest.SmallQueue(bound, outbox.Disconnect))
	token := n.TokenForAll(t)
	slow := n.open(t, t.Context(), token)
	slow.subscribe(1, "flood")
	publisher := n.open(t, t.Context(), token)
	payload := strings.Repeat("x", 60000)
	for id := uint64(1); n.Registry.Count() == 2; id++ { // the slow one reads nothing, and is forgotten all the same
		publisher.publish(message(id, "flood", payload))
		require.Equal(t, []uint64{id}, publisher.next().GetSuccess().GetRequestIds())
		queued, _ := n.Registry.Queued()
		require.LessOrEqual(t, queued, bound)
	}
	_, err := slow.end()
	requireReason(t, apierror.SlowConsumer, err)
	publisher.ping(5000)
	assert.Equal(t, []uint64{5000}, publisher.next().GetSuccess().GetRequestIds())
}

func TestDropOldestTellsWhatWasLost(t *testing.T) { // DL-8, SF-16
	n := newNode(t, rpctest.SmallQueue(1<<20, outbox.DropOldest))
	token := n.TokenForAll(t)
	slow := n.open(t, t.Context(), token)
	slow.subscribe(1, "flood")
	publisher := n.open(t, t.Context(), token)
	const messages = 200
	payload := strings.Repeat("x", 60000)
	for id := range uint64(messages) {
		publisher.publish(message(id+1, "flood", payload))
		publisher.next()
	}
	var received, lost uint64
	for received+lost < messages {
		response := slow.next()
		received += uint64(len(response.GetDeliveries().GetMessages()))
		lost += response.GetLost().GetMessages()
	}
	assert.NotZero(t, lost)
	assert.EqualValues(t, messages, received+lost)
}
