package sessionframe

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/framebuf"
)

const (
	tagDeliveries = 4<<3 | byte(protowire.BytesType) // SessionResponse.deliveries
	tagMessages   = 1<<3 | byte(protowire.BytesType) // Deliveries.messages

	// The fields of Delivery.
	tagIDOrigin       = 1<<3 | byte(protowire.Fixed64Type)
	tagIDSequence     = 2<<3 | byte(protowire.Fixed64Type)
	tagPublishedAt    = 3<<3 | byte(protowire.Fixed64Type)
	tagTenant         = 4<<3 | byte(protowire.BytesType)
	tagChannel        = 5<<3 | byte(protowire.BytesType)
	tagPayload        = 6<<3 | byte(protowire.BytesType)
	tagPatternHandles = 7<<3 | byte(protowire.BytesType) // packed

	fixedFields = 3 * (1 + 8)
)

// MaxDeliveriesHeader is the most bytes that AppendDeliveriesHeader appends.
const MaxDeliveriesHeader = 1 + 10

// AppendDeliveriesHeader appends what stands before size bytes of KindDelivery
// frames to make them, together, a SessionResponse.
func AppendDeliveriesHeader(b []byte, size int) []byte {
	return protowire.AppendVarint(append(b, tagDeliveries), uint64(size)) //nolint:gosec // a size
}

// EncodeDelivery implements hub.Encoder.
func (Codec) EncodeDelivery(m *hub.Message, matches []hub.Match) *outbox.Frame {
	handles := 0
	for i := range matches {
		handles += protowire.SizeVarint(matches[i].Handle)
	}
	body := fixedFields + 4 + protowire.SizeBytes(len(m.Tenant)) + protowire.SizeBytes(len(m.Channel)) +
		protowire.SizeBytes(len(m.Payload)) + protowire.SizeBytes(handles)
	f := framebuf.New(outbox.KindDelivery, 1, 1+protowire.SizeBytes(body))
	b := protowire.AppendVarint(append(f.Data, tagMessages), uint64(body)) //nolint:gosec // a size
	b = protowire.AppendFixed64(append(b, tagIDOrigin), m.ID.Origin)
	b = protowire.AppendFixed64(append(b, tagIDSequence), m.ID.Sequence)
	b = protowire.AppendFixed64(append(b, tagPublishedAt), uint64(m.PublishedAt)) //nolint:gosec // after 1970
	b = protowire.AppendString(append(b, tagTenant), m.Tenant)
	b = protowire.AppendString(append(b, tagChannel), m.Channel)
	b = protowire.AppendBytes(append(b, tagPayload), m.Payload)
	b = protowire.AppendVarint(append(b, tagPatternHandles), uint64(handles)) //nolint:gosec // a size
	for i := range matches {
		b = protowire.AppendVarint(b, matches[i].Handle)
	}
	f.Data = b
	return f
}
