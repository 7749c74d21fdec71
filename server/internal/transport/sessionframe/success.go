package sessionframe

import (
	"google.golang.org/protobuf/encoding/protowire"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/framebuf"
)

const (
	tagSuccess       = 2<<3 | byte(protowire.BytesType)  // SessionResponse.success
	tagRequestIDs    = 1<<3 | byte(protowire.BytesType)  // Success.request_ids, packed
	tagPatternHandle = 2<<3 | byte(protowire.VarintType) // Success.pattern_handle
)

// Success implements session.Codec.
func (Codec) Success(s session.Success) *outbox.Frame {
	if !s.ExpiresAt.IsZero() {
		return authenticated(s)
	}
	ids := 0
	for i := range s.Requests {
		ids += protowire.SizeVarint(s.Requests[i].ID)
	}
	body := 1 + protowire.SizeBytes(ids)
	if s.Handle != 0 {
		body += 1 + protowire.SizeVarint(s.Handle)
	}
	f := framebuf.New(outbox.KindMessage, 0, 1+protowire.SizeBytes(body))
	b := protowire.AppendVarint(append(f.Data, tagSuccess), uint64(body)) //nolint:gosec // a size
	b = protowire.AppendVarint(append(b, tagRequestIDs), uint64(ids))     //nolint:gosec // a size
	for i := range s.Requests {
		b = protowire.AppendVarint(b, s.Requests[i].ID)
	}
	if s.Handle != 0 {
		b = protowire.AppendVarint(append(b, tagPatternHandle), s.Handle)
	}
	f.Data = b
	return f
}

// authenticated answers an authenticate.
func authenticated(s session.Success) *outbox.Frame {
	success := &fastpubsubv1.Success{TokenExpiresAt: timestamp(s.ExpiresAt)}
	for i := range s.Requests {
		success.RequestIds = append(success.RequestIds, s.Requests[i].ID)
	}
	return frame(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Success{Success: success}})
}
