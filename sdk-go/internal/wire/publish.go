package wire

import (
	"google.golang.org/protobuf/encoding/protowire"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// The tags of PublishCommand.messages and of the fields of OutgoingMessage.
const (
	tagOutgoing   = 1<<3 | uint64(protowire.BytesType)
	tagRequestID  = 1<<3 | uint64(protowire.VarintType)
	tagOutTenant  = 2<<3 | uint64(protowire.BytesType)
	tagOutChannel = 3<<3 | uint64(protowire.BytesType)
	tagOutPayload = 4<<3 | uint64(protowire.BytesType)
	tagOutMode    = 5<<3 | uint64(protowire.VarintType)
	tagPublish    = 3<<3 | uint64(protowire.BytesType)
)

// Outgoing is one message to publish, its names already checked.
type Outgoing struct {
	RequestID uint64 // 0: no acknowledgement is wanted
	Tenant    string
	Channel   string
	Payload   []byte
	Mode      fastpubsubv1.DeliveryMode
}

// AppendMessage appends the message as one element of PublishCommand.messages,
// tag and length included.
func AppendMessage(b []byte, message *Outgoing) []byte {
	b = protowire.AppendVarint(b, tagOutgoing)
	b = protowire.AppendVarint(b, uint64(message.size()))
	if message.RequestID != 0 {
		b = protowire.AppendVarint(b, tagRequestID)
		b = protowire.AppendVarint(b, message.RequestID)
	}
	b = protowire.AppendVarint(b, tagOutTenant)
	b = protowire.AppendString(b, message.Tenant)
	b = protowire.AppendVarint(b, tagOutChannel)
	b = protowire.AppendString(b, message.Channel)
	if len(message.Payload) > 0 {
		b = protowire.AppendVarint(b, tagOutPayload)
		b = protowire.AppendBytes(b, message.Payload)
	}
	if message.Mode != 0 {
		b = protowire.AppendVarint(b, tagOutMode)
		b = protowire.AppendVarint(b, uint64(message.Mode)) //nolint:gosec // 0..3
	}
	return b
}

// size is how many bytes the message takes, without its own tag and length.
func (m *Outgoing) size() int {
	size := 2 + protowire.SizeBytes(len(m.Tenant)) + protowire.SizeBytes(len(m.Channel))
	if m.RequestID != 0 {
		size += 1 + protowire.SizeVarint(m.RequestID)
	}
	if len(m.Payload) > 0 {
		size += 1 + protowire.SizeBytes(len(m.Payload))
	}
	if m.Mode != 0 {
		size += 1 + protowire.SizeVarint(uint64(m.Mode)) //nolint:gosec // 0..3
	}
	return size
}

// PublishOverhead is the most bytes that a SessionRequest takes beyond the
// messages in its publish command: a tag and a length.
const PublishOverhead = 1 + 5

// AppendPublishHeader appends what stands before the messages of a publish: they
// follow it, as AppendMessage made them, with size bytes in all.
func AppendPublishHeader(b []byte, size int) []byte {
	b = protowire.AppendVarint(b, tagPublish)
	return protowire.AppendVarint(b, uint64(size)) //nolint:gosec // a length
}
