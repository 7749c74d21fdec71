package wire_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

func publishFrame(messages ...wire.Outgoing) []byte {
	var body []byte
	for i := range messages {
		body = wire.AppendMessage(body, &messages[i])
	}
	return append(wire.AppendPublishHeader(nil, len(body)), body...)
}

// SF-8, SDK-6: many publishes share one frame, each with all its fields.
func TestPublishFrame(t *testing.T) {
	frame := publishFrame(
		wire.Outgoing{RequestID: 300, Tenant: "~", Channel: "a.b", Payload: []byte("hi"), Mode: fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_RANDOM},
		wire.Outgoing{Tenant: "t1", Channel: "c"},
	)
	var request fastpubsubv1.SessionRequest
	require.NoError(t, proto.Unmarshal(frame, &request))
	want := &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Publish{Publish: &fastpubsubv1.PublishCommand{
		Messages: []*fastpubsubv1.OutgoingMessage{
			{RequestId: 300, Tenant: "~", Channel: "a.b", Payload: []byte("hi"), DeliveryMode: fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_RANDOM},
			{Tenant: "t1", Channel: "c"},
		},
	}}}
	assert.True(t, proto.Equal(want, &request), "%v", &request)
}

func TestPublishOverheadBoundsTheHeader(t *testing.T) {
	for _, size := range []int{0, 127, 128, 1 << 20, 1 << 30} {
		assert.LessOrEqual(t, len(wire.AppendPublishHeader(nil, size)), wire.PublishOverhead)
	}
}

func FuzzPublishFrameLikeTheGeneratedCode(f *testing.F) {
	f.Add(uint64(0), "~", "a", []byte(nil), int32(0))
	f.Add(uint64(1<<63), "tenant", "a.b.c", []byte("payload"), int32(3))
	f.Fuzz(func(t *testing.T, id uint64, tenant, channel string, payload []byte, mode int32) {
		frame := publishFrame(wire.Outgoing{RequestID: id, Tenant: tenant, Channel: channel, Payload: payload, Mode: fastpubsubv1.DeliveryMode(mode & 3)})
		var request fastpubsubv1.SessionRequest
		if err := proto.Unmarshal(frame, &request); err != nil {
			return // a text that is not UTF-8; names are checked before they come here
		}
		require.Len(t, request.GetPublish().GetMessages(), 1)
		got := request.GetPublish().GetMessages()[0]
		require.Equal(t, id, got.GetRequestId())
		require.Equal(t, tenant, got.GetTenant())
		require.Equal(t, channel, got.GetChannel())
		require.Equal(t, string(payload), string(got.GetPayload()))
		require.Equal(t, mode&3, int32(got.GetDeliveryMode()))
	})
}

func TestCommands(t *testing.T) {
	for name, c := range map[string]struct {
		frame []byte
		want  *fastpubsubv1.SessionRequest
	}{
		"subscribe": {wire.Subscribe(1, "t", "a.*"), &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
			Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: 1, Tenant: "t", Pattern: "a.*"},
		}}},
		"unsubscribe": {wire.Unsubscribe(2, "t", "a.*"), &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Unsubscribe{
			Unsubscribe: &fastpubsubv1.UnsubscribeCommand{RequestId: 2, Tenant: "t", Pattern: "a.*"},
		}}},
		"authenticate": {wire.Authenticate(3, "AT_1_2"), &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Authenticate{
			Authenticate: &fastpubsubv1.AuthenticateCommand{RequestId: 3, Token: "AT_1_2"},
		}}},
		"ping": {wire.Ping(4), &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{
			Ping: &fastpubsubv1.PingCommand{RequestId: 4},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got fastpubsubv1.SessionRequest
			require.NoError(t, proto.Unmarshal(c.frame, &got))
			assert.True(t, proto.Equal(c.want, &got))
		})
	}
}
