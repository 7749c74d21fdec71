package wire_test

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

func deliveriesFrame(messages ...*fastpubsubv1.Delivery) []byte {
	return marshal(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Deliveries{
		Deliveries: &fastpubsubv1.Deliveries{Messages: messages},
	}})
}

func marshal(m proto.Message) []byte {
	encoded, err := proto.Marshal(m)
	if err != nil {
		panic(err)
	}
	return encoded
}

func delivery(i int) *fastpubsubv1.Delivery {
	return &fastpubsubv1.Delivery{
		IdOrigin:             0xfeedfeedfeedfeed,
		IdSequence:           uint64(i),
		PublishedAtUnixNanos: 1_700_000_000_000_000_000 + uint64(i),
		Tenant:               "t1",
		Channel:              fmt.Sprintf("a.b%d", i%3),
		Payload:              []byte(strings.Repeat("x", i%300)),
		PatternHandles:       []uint64{1, uint64(i) + 1},
	}
}

// SF-13, SDK-4: every field of a delivery arrives, in order.
func TestDecodeDeliveries(t *testing.T) {
	var messages []*fastpubsubv1.Delivery
	for i := range 500 {
		messages = append(messages, delivery(i))
	}
	event, err := wire.NewDecoder().Decode(deliveriesFrame(messages...))
	require.NoError(t, err)
	requireSame(t, messages, event.Deliveries)
}

// SF-13: the encodings of several Deliveries may be concatenated, also as whole
// fields of one frame.
func TestDecodeConcatenatedDeliveries(t *testing.T) {
	one, two := deliveriesFrame(delivery(1), delivery(2)), deliveriesFrame(delivery(3))
	event, err := wire.NewDecoder().Decode(append(one, two...))
	require.NoError(t, err)
	requireSame(t, []*fastpubsubv1.Delivery{delivery(1), delivery(2), delivery(3)}, event.Deliveries)
}

func TestDecodeSkipsWhatANewerServerAdds(t *testing.T) {
	message := protowire.AppendTag(marshal(delivery(7)), 12, protowire.BytesType)
	message = protowire.AppendBytes(message, []byte("new"))
	deliveries := protowire.AppendTag(nil, 1, protowire.BytesType)
	deliveries = protowire.AppendBytes(deliveries, message)
	deliveries = protowire.AppendTag(deliveries, 900, protowire.VarintType)
	deliveries = protowire.AppendVarint(deliveries, 1)
	frame := protowire.AppendTag(nil, 4, protowire.BytesType)
	frame = protowire.AppendBytes(frame, deliveries)
	frame = protowire.AppendTag(frame, 77, protowire.Fixed32Type)
	frame = protowire.AppendFixed32(frame, 1)

	event, err := wire.NewDecoder().Decode(frame)
	require.NoError(t, err)
	requireSame(t, []*fastpubsubv1.Delivery{delivery(7)}, event.Deliveries)

	unknownOnly := protowire.AppendTag(nil, 90, protowire.VarintType)
	unknownOnly = protowire.AppendVarint(unknownOnly, 5)
	event, err = wire.NewDecoder().Decode(unknownOnly)
	require.NoError(t, err)
	assert.Equal(t, wire.Event{}, event)
}

func TestDecodeOtherEvents(t *testing.T) {
	success := &fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Success{
		Success: &fastpubsubv1.Success{RequestIds: []uint64{1, 2, 3}},
	}}
	event, err := wire.NewDecoder().Decode(marshal(success))
	require.NoError(t, err)
	assert.Nil(t, event.Deliveries)
	assert.True(t, proto.Equal(success, event.Response))

	// Of several events in one frame the last one counts, as in any protobuf.
	event, err = wire.NewDecoder().Decode(append(marshal(success), deliveriesFrame(delivery(1))...))
	require.NoError(t, err)
	requireSame(t, []*fastpubsubv1.Delivery{delivery(1)}, event.Deliveries)
}

// What has been handed over does not change when the frame's memory is reused
// and the next frame is read.
func TestDeliveriesOwnTheirMemory(t *testing.T) {
	decoder := wire.NewDecoder()
	frame := deliveriesFrame(delivery(40), delivery(41))
	event, err := decoder.Decode(frame)
	require.NoError(t, err)
	first, _ := event.Deliveries.At(0)
	kept := *first
	for i := range frame {
		frame[i] = 0xff
	}
	_, err = decoder.Decode(deliveriesFrame(delivery(99), delivery(100)))
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("x", 40), string(kept.Payload))
	assert.Equal(t, "a.b1", kept.Channel)
	assert.Equal(t, len(kept.Payload), cap(kept.Payload), "appending must not reach a neighbour")
}

func TestRepeatedNamesShareOneText(t *testing.T) {
	decoder := wire.NewDecoder()
	var channels []string
	for range 2 {
		event, err := decoder.Decode(deliveriesFrame(delivery(3)))
		require.NoError(t, err)
		got, _ := event.Deliveries.At(0)
		channels = append(channels, got.Channel)
	}
	assert.Same(t, unsafe.StringData(channels[0]), unsafe.StringData(channels[1]))
}

func TestDecodeAllocatesOnlyPayloads(t *testing.T) {
	var messages []*fastpubsubv1.Delivery
	for i := range 32 {
		message := delivery(i)
		message.Payload = make([]byte, 128)
		messages = append(messages, message)
	}
	frame, decoder := deliveriesFrame(messages...), wire.NewDecoder()
	allocations := testing.AllocsPerRun(100, func() {
		if _, err := decoder.Decode(frame); err != nil {
			t.Fatal(err)
		}
	})
	assert.LessOrEqual(t, allocations, 2.0, "32 payloads of 128 bytes are one block of 4 KiB, or two")
}

// Whatever the bytes are, reading by hand gives what the generated code gives.
func FuzzDecodeLikeTheGeneratedCode(f *testing.F) {
	f.Add(deliveriesFrame(delivery(1), delivery(2)))
	f.Add(append(deliveriesFrame(delivery(1)), deliveriesFrame(delivery(5))...))
	f.Add([]byte{})
	f.Add([]byte{0x22, 0x00})
	f.Add([]byte{0x22, 0x02, 0x0a, 0x00})
	f.Add([]byte{0x22, 0x06, 0x0a, 0x04, 0x38, 0x01, 0x38, 0x02})             // handles that are not packed
	f.Add([]byte{0x22, 0x05, 0x0a, 0x03, 0xa2, 0x00, 0x00})                   // an overlong tag
	f.Add([]byte{0x22, 0x05, 0x0a, 0x03, 0x2a, 0x01, 0xff})                   // not UTF-8
	f.Add([]byte{0x22, 0x04, 0x0a, 0x7f, 0x00, 0x00})                         // cut short
	f.Add([]byte{0x12, 0x03, 0x0a, 0x01, 0x05, 0x22, 0x00})                   // success, then deliveries
	f.Add([]byte{0x22, 0x08, 0x0a, 0x06, 0x13, 0x1c, 0x3b, 0x3c, 0x14, 0x00}) // groups
	f.Fuzz(func(t *testing.T, frame []byte) {
		var want fastpubsubv1.SessionResponse
		wantErr := proto.Unmarshal(frame, &want)
		event, err := wire.NewDecoder().Decode(frame)
		require.Equal(t, wantErr == nil, err == nil, "generated: %v, by hand: %v", wantErr, err)
		switch {
		case err != nil:
		case want.GetDeliveries() != nil:
			requireSame(t, want.GetDeliveries().GetMessages(), event.Deliveries)
		case want.GetEvent() != nil:
			require.True(t, proto.Equal(&want, event.Response))
		default:
			require.Equal(t, wire.Event{}, event)
		}
	})
}

func requireSame(t *testing.T, want []*fastpubsubv1.Delivery, got *wire.Batch) {
	t.Helper()
	require.NotNil(t, got)
	require.Equal(t, len(want), got.Len())
	for i, w := range want {
		g, handles := got.At(i)
		require.Equal(t, wire.ID{Origin: w.GetIdOrigin(), Sequence: w.GetIdSequence()}, g.ID)
		require.Equal(t, int64(w.GetPublishedAtUnixNanos()), g.PublishedAt)
		require.Equal(t, w.GetTenant(), g.Tenant)
		require.Equal(t, w.GetChannel(), g.Channel)
		require.Equal(t, string(w.GetPayload()), string(g.Payload))
		require.Equal(t, w.GetPatternHandles(), append([]uint64(nil), handles...))
	}
}

func BenchmarkDecodeDeliveries(b *testing.B) {
	var messages []*fastpubsubv1.Delivery
	for i := range 100 {
		message := delivery(i)
		message.Payload, message.PatternHandles = make([]byte, 128), []uint64{1}
		messages = append(messages, message)
	}
	frame, decoder := deliveriesFrame(messages...), wire.NewDecoder()
	b.ReportAllocs()
	for range b.N {
		if _, err := decoder.Decode(frame); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(messages)), "ns/message")
}
