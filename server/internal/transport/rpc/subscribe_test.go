package rpc

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
)

// notebook is a Sender that keeps what is sent.
type notebook struct {
	responses []*fastpubsubv1.SubscribeResponse
}

func (n *notebook) Send(m *Message) error {
	response := new(fastpubsubv1.SubscribeResponse)
	n.responses = append(n.responses, response)
	return proto.Unmarshal(m.Append(nil), response)
}

func (*notebook) Flush() error { return nil }

func subscribed(handle uint64) *outbox.Frame {
	return subscribeWire.Success(session.Success{Requests: []session.Request{{ID: 1}}, Handle: handle})
}

func TestNothingIsSentBeforeAllPatternsAreSubscribed(t *testing.T) { // SF-20
	var sent notebook
	c := &subscription{sender: &sent, missing: 2}
	require.NoError(t, c.WriteFrames([]*outbox.Frame{subscribed(5), delivery(1)}))
	require.NoError(t, c.WriteFrames([]*outbox.Frame{delivery(2)}))
	require.Empty(t, sent.responses)
	require.NoError(t, c.WriteFrames([]*outbox.Frame{delivery(3), subscribed(4), delivery(4)}))
	require.NoError(t, c.WriteFrames([]*outbox.Frame{delivery(5)}))
	require.Len(t, sent.responses, 3)
	assert.Equal(t, []uint64{5, 4}, sent.responses[0].GetSubscribed().GetPatternHandles(), "in the order of the request")
	var payloads []int
	for _, response := range sent.responses[1:] {
		for _, d := range response.GetDeliveries().GetMessages() {
			payloads = append(payloads, len(d.GetPayload()))
		}
	}
	assert.Equal(t, []int{1, 2, 3, 4, 5}, payloads, "nothing is lost")
}

func TestOneRefusedPatternRefusesAll(t *testing.T) { // SF-20
	var sent notebook
	c := &subscription{sender: &sent, missing: 3}
	denied := apierror.New(apierror.SubscribeDenied, "not this one: \xff")
	err := c.WriteFrames([]*outbox.Frame{subscribed(1), subscribeWire.Failure(session.Request{}, denied, false), subscribed(2)})
	require.ErrorIs(t, err, errNotSubscribed)
	require.Empty(t, sent.responses)
	var refused *apierror.Error
	require.ErrorAs(t, c.refusal(), &refused)
	assert.Equal(t, apierror.SubscribeDenied, refused.Reason())
	assert.Equal(t, "not this one: \uFFFD", refused.Message())
}

func TestWhatIsHeldIsBounded(t *testing.T) { // DL-8
	c := &subscription{sender: new(notebook), missing: 1}
	var err error
	for i := 0; err == nil; i++ {
		require.LessOrEqual(t, i*60000, heldBytes)
		err = c.WriteFrames([]*outbox.Frame{delivery(60000)})
	}
	require.ErrorIs(t, err, errNotSubscribed)
	assert.Equal(t, apierror.Overloaded, apierror.ReasonOf(c.refusal()))
}

func TestSubscribeWireSaysWhatItHasWordsFor(t *testing.T) {
	cause := apierror.New(apierror.Draining, "move")
	assert.Nil(t, subscribeWire.Welcome(session.Welcome{}))
	assert.Nil(t, subscribeWire.SubscriptionEnded("t1", hub.Match{}, cause))
	assert.Nil(t, subscribeWire.Failure(session.Request{}, cause, true), "the status says it")
	var sent notebook
	c := &subscription{sender: &sent}
	require.NoError(t, c.WriteFrames([]*outbox.Frame{subscribeWire.Lost(7), subscribeWire.GoAway(cause, time.Minute)}))
	require.Len(t, sent.responses, 2)
	assert.EqualValues(t, 7, sent.responses[0].GetLost().GetMessages())
	assert.Equal(t, apierror.Draining, sent.responses[1].GetGoAway().GetReason())
	assert.EqualValues(t, 60, sent.responses[1].GetGoAway().GetTimeUntilClose().GetSeconds())
}

func TestDeliveriesAreEncodedAsInSessions(t *testing.T) {
	m := &hub.Message{Tenant: "t1", Channel: "a", Payload: []byte("x")}
	assert.Equal(t, delivery(3).Kind, subscribeWire.EncodeDelivery(m, []hub.Match{{Handle: 1}}).Kind)
	var broken subscription
	broken.missing = 1
	err := broken.WriteFrames([]*outbox.Frame{{Kind: outbox.KindWire, Data: []byte{0xff}}})
	require.Error(t, err)
	assert.False(t, errors.Is(err, errNotSubscribed))
}
