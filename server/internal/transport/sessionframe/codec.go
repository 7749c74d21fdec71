package sessionframe

import (
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
)

// Codec writes what a session says. Deliveries are frames of kind KindDelivery,
// each an element of Deliveries.messages; everything else is a KindMessage that
// holds a SessionResponse. All Codecs are equal, so that the WebSocket and the
// gRPC stream share the bytes of a delivery.
type Codec struct{}

var _ session.Codec = Codec{}

// Welcome implements session.Codec.
func (Codec) Welcome(w session.Welcome) *outbox.Frame {
	return frame(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Welcome{Welcome: &fastpubsubv1.Welcome{
		SessionId:         w.SessionID,
		Node:              w.Node,
		ServerVersion:     w.Version,
		Limits:            Limits(w.Limits),
		KeepAliveInterval: durationpb.New(w.KeepAlive),
		TokenExpiresAt:    timestamp(w.ExpiresAt),
	}}})
}

// Limits are the limits as the contract writes them.
func Limits(l session.Limits) *fastpubsubv1.Limits {
	return &fastpubsubv1.Limits{
		MaxTenantBytes:        figure(l.TenantBytes),
		MaxChannelBytes:       figure(l.ChannelBytes),
		MaxPayloadBytes:       figure(l.PayloadBytes),
		MaxSubscriptions:      figure(l.Subscriptions),
		MaxPublishesPerSecond: figure(l.PublishesPerSecond),
		MaxFrameBytes:         figure(l.FrameBytes),
	}
}

// figure is n in the 32 bits that a limit has; a larger one is no limit that a
// client could reach.
func figure(n int) uint32 {
	const most = 1<<32 - 1
	return uint32(min(max(n, 0), most)) //nolint:gosec // bounded
}

// Failure implements session.Codec.
func (Codec) Failure(r session.Request, err *apierror.Error, closes bool) *outbox.Frame {
	return frame(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Failure{Failure: &fastpubsubv1.Failure{
		RequestId:     r.ID,
		Reason:        err.Reason(),
		Message:       text(err),
		Retryable:     err.Retryable(),
		ClosesSession: closes,
	}}})
}

// Lost implements session.Codec.
func (Codec) Lost(messages uint64) *outbox.Frame {
	return frame(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Lost{Lost: &fastpubsubv1.Lost{Messages: messages}}})
}

// SubscriptionEnded implements session.Codec.
func (Codec) SubscriptionEnded(tenant string, m hub.Match, err *apierror.Error) *outbox.Frame {
	return frame(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_SubscriptionEnded{
		SubscriptionEnded: &fastpubsubv1.SubscriptionEnded{
			PatternHandle: m.Handle,
			Reason:        err.Reason(),
			Message:       text(err),
			Tenant:        tenant,
			Pattern:       m.Pattern,
		},
	}})
}

// GoAway implements session.Codec.
func (Codec) GoAway(err *apierror.Error, untilClose time.Duration) *outbox.Frame {
	return frame(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_GoAway{GoAway: &fastpubsubv1.GoAway{
		Reason:         err.Reason(),
		Message:        text(err),
		TimeUntilClose: durationpb.New(untilClose),
	}}})
}

// frame encodes a response with the generated code.
func frame(response *fastpubsubv1.SessionResponse) *outbox.Frame {
	data, err := proto.Marshal(response)
	if err != nil {
		panic("sessionframe: " + err.Error()) // only a text that is not UTF-8 fails, and there is none
	}
	return &outbox.Frame{Kind: outbox.KindMessage, Data: data}
}

// text is the error's text for people, as protobuf demands it: UTF-8.
func text(err *apierror.Error) string { return strings.ToValidUTF8(err.Message(), "\uFFFD") }

func timestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
