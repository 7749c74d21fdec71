package sessionframe

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
)

func decoded(t *testing.T, f *outbox.Frame) *fastpubsubv1.SessionResponse {
	t.Helper()
	require.NotNil(t, f)
	require.Equal(t, outbox.KindMessage, f.Kind)
	require.Zero(t, f.Messages, "a control frame")
	var response fastpubsubv1.SessionResponse
	require.NoError(t, proto.Unmarshal(f.Data, &response))
	require.Empty(t, response.ProtoReflect().GetUnknown())
	return &response
}

func requireSame(t *testing.T, want, got proto.Message) {
	t.Helper()
	require.True(t, proto.Equal(want, got), "want %v\ngot  %v", want, got)
}

// SF-4.
func TestWelcome(t *testing.T) {
	expires := time.Date(2030, 1, 2, 3, 4, 5, 6, time.UTC)
	got := decoded(t, Codec{}.Welcome(session.Welcome{
		SessionID: "n1-7", Node: "n1", Version: "1.2.3", KeepAlive: 20 * time.Second, ExpiresAt: expires,
		Limits: session.Limits{TenantBytes: 128, ChannelBytes: 256, PayloadBytes: 65535, FrameBytes: 1 << 40, Subscriptions: 1000},
	}))
	requireSame(t, &fastpubsubv1.Welcome{
		SessionId: "n1-7", Node: "n1", ServerVersion: "1.2.3",
		Limits: &fastpubsubv1.Limits{
			MaxTenantBytes: 128, MaxChannelBytes: 256, MaxPayloadBytes: 65535, MaxFrameBytes: 1<<32 - 1, MaxSubscriptions: 1000,
		},
		KeepAliveInterval: durationpb.New(20 * time.Second),
		TokenExpiresAt:    timestamppb.New(expires),
	}, got.GetWelcome())
}

// SF-5, SF-9, SF-10.
func TestSuccess(t *testing.T) {
	many := session.Success{}
	wantMany := &fastpubsubv1.Success{}
	for i := range 1000 {
		id := uint64(1) << (i % 64)
		many.Requests = append(many.Requests, session.Request{ID: id})
		wantMany.RequestIds = append(wantMany.RequestIds, id)
	}
	expires := time.Unix(1900000000, 5)
	for name, test := range map[string]struct {
		success session.Success
		want    *fastpubsubv1.Success
	}{
		"ping":         {session.Success{Requests: []session.Request{{ID: 3}}}, &fastpubsubv1.Success{RequestIds: []uint64{3}}},
		"publishes":    {many, wantMany},
		"subscribe":    {session.Success{Requests: []session.Request{{ID: 4}}, Handle: 300}, &fastpubsubv1.Success{RequestIds: []uint64{4}, PatternHandle: 300}},
		"authenticate": {session.Success{Requests: []session.Request{{ID: 5}}, ExpiresAt: expires}, &fastpubsubv1.Success{RequestIds: []uint64{5}, TokenExpiresAt: timestamppb.New(expires)}},
	} {
		t.Run(name, func(t *testing.T) {
			requireSame(t, test.want, decoded(t, Codec{}.Success(test.success)).GetSuccess())
		})
	}
}

// SF-12.
func TestFailure(t *testing.T) {
	err := apierror.New(apierror.RateLimited, "slow down \xff")
	requireSame(t, &fastpubsubv1.Failure{RequestId: 8, Reason: apierror.RateLimited, Message: "slow down \uFFFD", Retryable: true},
		decoded(t, Codec{}.Failure(session.Request{ID: 8}, err, false)).GetFailure())
	requireSame(t, &fastpubsubv1.Failure{Reason: apierror.TokenRevoked, Message: "gone", ClosesSession: true},
		decoded(t, Codec{}.Failure(session.Request{}, apierror.New(apierror.TokenRevoked, "gone"), true)).GetFailure())
}

// SF-10, SF-16, SF-17.
func TestEventsThatNobodyAskedFor(t *testing.T) {
	requireSame(t, &fastpubsubv1.Lost{Messages: 12}, decoded(t, Codec{}.Lost(12)).GetLost())
	requireSame(t, &fastpubsubv1.SubscriptionEnded{
		PatternHandle: 3, Reason: apierror.SubscribeDenied, Message: "no", Tenant: "t1", Pattern: "a.#",
	}, decoded(t, Codec{}.SubscriptionEnded("t1", hub.Match{Handle: 3, Pattern: "a.#"}, apierror.New(apierror.SubscribeDenied, "no"))).GetSubscriptionEnded())
	requireSame(t, &fastpubsubv1.GoAway{Reason: apierror.Draining, Message: "move", TimeUntilClose: durationpb.New(30 * time.Second)},
		decoded(t, Codec{}.GoAway(apierror.New(apierror.Draining, "move"), 30*time.Second)).GetGoAway())
}

func sampleDelivery(payload int, handles ...uint64) (*hub.Message, []hub.Match, *fastpubsubv1.Delivery) {
	m := &hub.Message{
		ID: hub.MessageID{Origin: 1 << 63, Sequence: 77}, Tenant: "t1", Channel: "a.b",
		Payload: bytes.Repeat([]byte{0xfe}, payload), PublishedAt: 1_700_000_000_123_456_789,
	}
	want := &fastpubsubv1.Delivery{
		IdOrigin: 1 << 63, IdSequence: 77, PublishedAtUnixNanos: 1_700_000_000_123_456_789,
		Tenant: "t1", Channel: "a.b", Payload: m.Payload, PatternHandles: handles,
	}
	matches := make([]hub.Match, len(handles))
	for i, h := range handles {
		matches[i] = hub.Match{Handle: h, Pattern: "unused"}
	}
	return m, matches, want
}

// SF-13: neighbours are concatenated to one response, whatever their sizes.
func TestDeliveries(t *testing.T) {
	var elements []byte
	want := &fastpubsubv1.Deliveries{}
	for _, size := range []int{0, 1, 127, 128, 300, 16383, 16384, 65535} {
		m, matches, delivery := sampleDelivery(size, 1, 300, 1<<40)
		f := Codec{}.EncodeDelivery(m, matches)
		assert.Equal(t, outbox.KindDelivery, f.Kind)
		assert.Equal(t, 1, f.Messages)
		elements = append(elements, f.Data...)
		want.Messages = append(want.Messages, delivery)

		one := AppendDeliveriesHeader(nil, len(f.Data))
		assert.LessOrEqual(t, len(one), MaxDeliveriesHeader)
		single := decoded(t, &outbox.Frame{Kind: outbox.KindMessage, Data: append(one, f.Data...)})
		requireSame(t, &fastpubsubv1.Deliveries{Messages: []*fastpubsubv1.Delivery{delivery}}, single.GetDeliveries())
	}
	all := append(AppendDeliveriesHeader(nil, len(elements)), elements...)
	requireSame(t, want, decoded(t, &outbox.Frame{Kind: outbox.KindMessage, Data: all}).GetDeliveries())
}

// SF-14: the hub compares encoders, and both transports must be one to it.
func TestCodecsAreEqual(t *testing.T) {
	var a, b hub.Encoder = Codec{}, Codec{}
	assert.True(t, a == b)
}

func TestSmallFramesAreOneAllocation(t *testing.T) {
	m, matches, _ := sampleDelivery(128, 1, 2)
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() { sink = Codec{}.EncodeDelivery(m, matches) }))
	success := session.Success{Requests: []session.Request{{ID: 4}, {ID: 5}}}
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() { sink = Codec{}.Success(success) }))
}

var sink *outbox.Frame

func BenchmarkEncodeDelivery(b *testing.B) {
	for _, size := range []int{16, 128, 1024, 65535} {
		m, matches, _ := sampleDelivery(size, 1)
		b.Run(fmt.Sprintf("payload=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink = Codec{}.EncodeDelivery(m, matches)
			}
		})
	}
}

func BenchmarkSuccess(b *testing.B) {
	success := session.Success{Requests: []session.Request{{ID: 1 << 20}}}
	b.ReportAllocs()
	for b.Loop() {
		sink = Codec{}.Success(success)
	}
}
