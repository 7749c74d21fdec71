package rpc

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
)

// batchBytes is how many bytes of deliveries go into one message. A single
// delivery may be larger.
const batchBytes = outbox.JoinedBytes

// Kind is a message type that a server stream sends, as far as its deliveries
// are concerned.
type Kind struct {
	deliveries protowire.Number // its field of type Deliveries
	empty      func() proto.Message
}

// The kinds of streamed messages.
var (
	SessionKind   = kindOf(&fastpubsubv1.SessionResponse{})
	SubscribeKind = kindOf(&fastpubsubv1.SubscribeResponse{})
)

func kindOf(m proto.Message) *Kind {
	field := m.ProtoReflect().Descriptor().Fields().ByName("deliveries")
	return &Kind{deliveries: field.Number(), empty: m.ProtoReflect().New().Interface}
}

// Message is one message of a stream, already encoded but for what holds its
// pieces together. A protocol does not keep it
// beyond Send, but may keep what Append and its like have given.
type Message struct {
	kind   *Kind
	frames []*outbox.Frame // one whole message, or deliveries
	bytes  int             // of the frames
}

// Size is the length of the encoded message.
func (m *Message) Size() int { return m.headSize() + m.bytes }

func (m *Message) headSize() int {
	if m.whole() {
		return 0
	}
	return protowire.SizeTag(m.kind.deliveries) + protowire.SizeVarint(uint64(m.bytes)) //nolint:gosec // never negative
}

func (m *Message) whole() bool { return m.frames[0].Kind == outbox.KindMessage }

// AppendHead appends what stands before the frames.
func (m *Message) AppendHead(dst []byte) []byte {
	if m.whole() {
		return dst
	}
	dst = protowire.AppendTag(dst, m.kind.deliveries, protowire.BytesType)
	return protowire.AppendVarint(dst, uint64(m.bytes)) //nolint:gosec // never negative
}

// Append appends the encoded message.
func (m *Message) Append(dst []byte) []byte {
	dst = m.AppendHead(dst)
	for _, f := range m.frames {
		dst = append(dst, f.Data...)
	}
	return dst
}

// AppendParts appends the frames' bytes, which stand behind the head. They are
// immutable and may be kept.
func (m *Message) AppendParts(parts [][]byte) [][]byte {
	for _, f := range m.frames {
		parts = append(parts, f.Data)
	}
	return parts
}

// Decode is the message as the contract has it, for protocols that do not carry
// its binary form.
func (m *Message) Decode() (proto.Message, error) {
	decoded := m.kind.empty()
	return decoded, proto.Unmarshal(m.Append(nil), decoded)
}

// sendAll sends the frames, neighbouring deliveries together.
func sendAll(kind *Kind, frames []*outbox.Frame, m *Message, to Sender) error {
	if len(frames) == 0 {
		return nil
	}
	if err := hand(kind, frames, m, to); err != nil {
		return err
	}
	return to.Flush() // which writes: little of ours is on the stack here, see package socket
}

// hand hands the frames over, to be sent by Flush at the latest.
func hand(kind *Kind, frames []*outbox.Frame, m *Message, to Sender) error {
	defer func() { m.frames = nil }()
	for len(frames) > 0 {
		n, bytes := together(frames)
		*m = Message{kind: kind, frames: frames[:n], bytes: bytes}
		if err := to.Send(m); err != nil {
			return err
		}
		frames = frames[n:]
	}
	return nil
}

// together says how many of the first frames make one message, and their bytes.
func together(frames []*outbox.Frame) (n, bytes int) {
	bytes = len(frames[0].Data)
	if frames[0].Kind == outbox.KindMessage {
		return 1, bytes
	}
	for n = 1; n < len(frames); n++ {
		f := frames[n]
		if f.Kind == outbox.KindMessage || bytes+len(f.Data) > batchBytes {
			break
		}
		bytes += len(f.Data)
	}
	return n, bytes
}
