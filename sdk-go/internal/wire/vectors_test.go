package wire_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// SF-1, SF-3, SF-13: the vectors that all SDKs share.
func TestTranscriptVectors(t *testing.T) {
	cases, err := vectors.Transcripts()
	require.NoError(t, err)
	written, read := 0, 0
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			switch {
			case c.Kind == vectors.KindRequest && c.Canonical:
				written++
				assert.Equal(t, []byte(c.Frame), encoded(t, c.Command))
			case c.Kind == vectors.KindResponse:
				read++
				requireEvent(t, &c)
			}
		})
	}
	assert.Positive(t, written)
	assert.Positive(t, read)
}

func encoded(t *testing.T, c *vectors.SessionCommand) []byte {
	t.Helper()
	switch {
	case c.Subscribe != nil:
		return wire.Subscribe(c.Subscribe.RequestID, c.Subscribe.Tenant, c.Subscribe.Pattern)
	case c.Unsubscribe != nil:
		return wire.Unsubscribe(c.Unsubscribe.RequestID, c.Unsubscribe.Tenant, c.Unsubscribe.Pattern)
	case c.Authenticate != nil:
		return wire.Authenticate(c.Authenticate.RequestID, c.Authenticate.Token)
	case c.Ping != nil:
		return wire.Ping(c.Ping.RequestID)
	}
	var messages []wire.Outgoing
	for _, m := range c.Publish.Messages {
		messages = append(messages, wire.Outgoing{
			RequestID: m.RequestID, Tenant: m.Tenant, Channel: m.Channel, Payload: m.Payload, Mode: modeOf(t, m.DeliveryMode),
		})
	}
	return publishFrame(messages...)
}

func modeOf(t *testing.T, name string) fastpubsubv1.DeliveryMode {
	t.Helper()
	modes := map[string]fastpubsubv1.DeliveryMode{
		"broadcast":       fastpubsubv1.DeliveryMode_DELIVERY_MODE_UNSPECIFIED,
		"one-low-latency": fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_LOW_LATENCY,
		"one-random":      fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_RANDOM,
	}
	require.Contains(t, modes, name)
	return modes[name]
}

func requireEvent(t *testing.T, c *vectors.TranscriptCase) {
	t.Helper()
	event, err := wire.NewDecoder().Decode(c.Frame)
	switch {
	case !c.Valid:
		require.Error(t, err)
		return
	case c.Event == nil:
		require.NoError(t, err)
		require.Equal(t, wire.Event{}, event)
		return
	}
	require.NoError(t, err)
	want := responseOf(t, c.Event)
	if want.GetDeliveries() != nil {
		requireSame(t, want.GetDeliveries().GetMessages(), event.Deliveries)
		return
	}
	require.NotNil(t, event.Response)
	discardUnknown(event.Response)
	require.True(t, proto.Equal(want, event.Response), "want %v, got %v", want, event.Response)
}

func discardUnknown(response *fastpubsubv1.SessionResponse) {
	response.ProtoReflect().SetUnknown(nil)
	if welcome := response.GetWelcome(); welcome != nil {
		welcome.ProtoReflect().SetUnknown(nil)
	}
}

// responseOf is what an event of the vectors says, as the generated code has it.
func responseOf(t *testing.T, e *vectors.SessionEvent) *fastpubsubv1.SessionResponse {
	t.Helper()
	switch {
	case e.Welcome != nil:
		w := e.Welcome
		return &fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Welcome{Welcome: &fastpubsubv1.Welcome{
			SessionId: w.SessionID, Node: w.Node, ServerVersion: w.ServerVersion, Limits: limitsOf(w.Limits),
			KeepAliveInterval: durationpb.New(w.KeepAlive.Duration()), TokenExpiresAt: timestamp(w.TokenExpiresAt),
		}}}
	case e.Success != nil:
		return &fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Success{Success: &fastpubsubv1.Success{
			RequestIds: vectors.Uint64s(e.Success.RequestIDs), PatternHandle: e.Success.PatternHandle, TokenExpiresAt: timestamp(e.Success.TokenExpiresAt),
		}}}
	case e.Failure != nil:
		f := e.Failure
		return &fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Failure{Failure: &fastpubsubv1.Failure{
			RequestId: f.RequestID, Reason: reasonOf(t, f.Reason), Message: f.Message, Retryable: f.Retryable, ClosesSession: f.ClosesSession,
		}}}
	case e.Deliveries != nil:
		return &fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Deliveries{Deliveries: deliveriesOf(e.Deliveries)}}
	case e.Lost != nil:
		return &fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Lost{Lost: &fastpubsubv1.Lost{Messages: e.Lost.Messages}}}
	case e.SubscriptionEnded != nil:
		s := e.SubscriptionEnded
		return &fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_SubscriptionEnded{SubscriptionEnded: &fastpubsubv1.SubscriptionEnded{
			PatternHandle: s.PatternHandle, Reason: reasonOf(t, s.Reason), Message: s.Message, Tenant: s.Tenant, Pattern: s.Pattern,
		}}}
	default:
		require.NotNil(t, e.GoAway)
		return &fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_GoAway{GoAway: &fastpubsubv1.GoAway{
			Reason: reasonOf(t, e.GoAway.Reason), Message: e.GoAway.Message, TimeUntilClose: durationpb.New(e.GoAway.TimeUntilClose.Duration()),
		}}}
	}
}

func deliveriesOf(deliveries *vectors.Deliveries) *fastpubsubv1.Deliveries {
	made := &fastpubsubv1.Deliveries{}
	for _, d := range deliveries.Messages {
		made.Messages = append(made.Messages, &fastpubsubv1.Delivery{
			IdOrigin: d.IDOrigin, IdSequence: d.IDSequence, PublishedAtUnixNanos: uint64(d.PublishedAt),
			Tenant: d.Tenant, Channel: d.Channel, Payload: d.Payload, PatternHandles: vectors.Uint64s(d.PatternHandles),
		})
	}
	return made
}

func limitsOf(l vectors.Limits) *fastpubsubv1.Limits {
	return &fastpubsubv1.Limits{
		MaxTenantBytes: uint32(l.Tenant), MaxChannelBytes: uint32(l.Channel), MaxPayloadBytes: uint32(l.Payload), MaxFrameBytes: uint32(l.Frame),
	}
}

func timestamp(unixNanos int64) *timestamppb.Timestamp {
	if unixNanos == 0 {
		return nil
	}
	return timestamppb.New(time.Unix(0, unixNanos))
}

// reasonOf is the reason with that name, or with that number if the catalogue
// does not have it.
func reasonOf(t *testing.T, name string) fastpubsubv1.ErrorReason {
	t.Helper()
	if number, known := fastpubsubv1.ErrorReason_value["ERROR_REASON_"+name]; known {
		return fastpubsubv1.ErrorReason(number)
	}
	number, err := strconv.ParseInt(name, 10, 32)
	require.NoError(t, err)
	return fastpubsubv1.ErrorReason(number)
}
