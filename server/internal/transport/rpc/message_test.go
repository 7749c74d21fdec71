package rpc

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/sessionframe"
)

func delivery(payload int) *outbox.Frame {
	m := &hub.Message{Tenant: "t1", Channel: "a.b", Payload: make([]byte, payload)}
	return sessionframe.Codec{}.EncodeDelivery(m, []hub.Match{{Handle: 1, Pattern: "a.#"}})
}

func control(id uint64) *outbox.Frame {
	return sessionframe.Codec{}.Success(session.Success{Requests: []session.Request{{ID: id}}})
}

// sendFunc is a sender that keeps nothing.
type sendFunc func(*Message) error

func (send sendFunc) Send(m *Message) error { return send(m) }
func (sendFunc) Flush() error               { return nil }

// sent is what sendAll sends for frames, decoded from the encoded bytes.
func sent(t *testing.T, frames []*outbox.Frame) (responses []*fastpubsubv1.SessionResponse, sizes []int) {
	t.Helper()
	var m Message
	require.NoError(t, sendAll(SessionKind, frames, &m, sendFunc(func(m *Message) error {
		encoded := m.Append([]byte("before"))[len("before"):]
		require.Len(t, encoded, m.Size())
		decoded, err := m.Decode()
		require.NoError(t, err)
		var response fastpubsubv1.SessionResponse
		require.NoError(t, proto.Unmarshal(encoded, &response))
		require.True(t, proto.Equal(decoded, &response))
		responses, sizes = append(responses, &response), append(sizes, m.Size())
		return nil
	})))
	return responses, sizes
}

func TestNeighbouringDeliveriesGoTogether(t *testing.T) { // SF-13
	responses, _ := sent(t, []*outbox.Frame{
		control(1), delivery(1), delivery(2), delivery(3), control(2), control(3), delivery(4),
	})
	require.Len(t, responses, 5)
	assert.Equal(t, []uint64{1}, responses[0].GetSuccess().GetRequestIds())
	assert.Len(t, responses[1].GetDeliveries().GetMessages(), 3)
	assert.Equal(t, []uint64{2}, responses[2].GetSuccess().GetRequestIds())
	assert.Equal(t, []uint64{3}, responses[3].GetSuccess().GetRequestIds())
	assert.Len(t, responses[4].GetDeliveries().GetMessages(), 1)
}

func TestMessagesFitOneHTTP2Frame(t *testing.T) {
	const http2Frame, grpcHeader = 16384, 5
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var frames []*outbox.Frame
		var payloads []int
		for range random.IntN(300) {
			size := random.IntN(1 << random.IntN(16))
			frames, payloads = append(frames, delivery(size)), append(payloads, size)
		}
		responses, sizes := sent(t, frames)
		var received []int
		for i, response := range responses {
			messages := response.GetDeliveries().GetMessages()
			for _, d := range messages {
				received = append(received, len(d.GetPayload()))
			}
			if len(messages) > 1 {
				require.LessOrEqual(t, sizes[i]+grpcHeader, http2Frame)
			}
		}
		require.Equal(t, payloads, received, "everything once, in order")
	}
}

func TestSendingStopsAtTheFirstError(t *testing.T) {
	gone := errors.New("gone")
	var m Message
	calls := 0
	err := sendAll(SessionKind, []*outbox.Frame{control(1), control(2)}, &m, sendFunc(func(*Message) error { calls++; return gone }))
	assert.Equal(t, gone, err)
	assert.Equal(t, 1, calls)
	assert.Nil(t, m.frames, "no frame is kept")
}

func TestPartsAreTheFramesThemselves(t *testing.T) {
	large, small := delivery(10000), delivery(1)
	var m Message
	require.NoError(t, sendAll(SubscribeKind, []*outbox.Frame{large, small}, &m, sendFunc(func(m *Message) error {
		parts := m.AppendParts([][]byte{m.AppendHead(nil)})
		require.Len(t, parts, 3)
		assert.Same(t, &large.Data[0], &parts[1][0])
		assert.Same(t, &small.Data[0], &parts[2][0])
		assert.Equal(t, m.Append(nil), bytes.Join(parts, nil))
		decoded, err := m.Decode()
		require.NoError(t, err)
		messages := decoded.(*fastpubsubv1.SubscribeResponse).GetDeliveries().GetMessages()
		require.Len(t, messages, 2)
		assert.Len(t, messages[0].GetPayload(), 10000)
		return nil
	})))
}

func TestNothingIsNotFlushed(t *testing.T) {
	require.NoError(t, sendAll(SessionKind, nil, new(Message), nil))
}

func BenchmarkSendAll(b *testing.B) {
	frames := make([]*outbox.Frame, 512)
	for i := range frames {
		frames[i] = delivery(128)
	}
	var m Message
	buffer := make([]byte, 0, 16384)
	b.ReportAllocs()
	for b.Loop() {
		_ = sendAll(SessionKind, frames, &m, sendFunc(func(m *Message) error { buffer = m.Append(buffer[:0]); return nil }))
	}
}
