package rpc

import (
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/sessionframe"
)

// subscribeCodec is the wire of Subscribe: what a session says, as frames of
// SubscribeResponse. The answers to its subscribe commands are no frames of the
// stream but notes to the subscription that asked: a SessionResponse as
// outbox.KindWire.
type subscribeCodec struct{ hub.Encoder }

// subscribeWire is the one instance: the hub compares encoders.
var subscribeWire session.Codec = &subscribeCodec{sessionframe.Codec{}}

func (c *subscribeCodec) Welcome(session.Welcome) *outbox.Frame { return nil }

func (c *subscribeCodec) Success(s session.Success) *outbox.Frame {
	return note(&fastpubsubv1.SessionResponse{
		Event: &fastpubsubv1.SessionResponse_Success{Success: &fastpubsubv1.Success{PatternHandle: s.Handle}},
	})
}

// Failure notes why a pattern was refused. Why the whole stream ends is told by
// its status.
func (c *subscribeCodec) Failure(_ session.Request, err *apierror.Error, closes bool) *outbox.Frame {
	if closes {
		return nil
	}
	return note(&fastpubsubv1.SessionResponse{
		Event: &fastpubsubv1.SessionResponse_Failure{Failure: &fastpubsubv1.Failure{Reason: err.Reason(), Message: text(err)}},
	})
}

func note(m *fastpubsubv1.SessionResponse) *outbox.Frame {
	return &outbox.Frame{Kind: outbox.KindWire, Data: encode(m)}
}

func (c *subscribeCodec) Lost(messages uint64) *outbox.Frame {
	return subscribeFrame(&fastpubsubv1.SubscribeResponse{
		Event: &fastpubsubv1.SubscribeResponse_Lost{Lost: &fastpubsubv1.Lost{Messages: messages}},
	})
}

// SubscriptionEnded says nothing: a token is never replaced here.
func (c *subscribeCodec) SubscriptionEnded(string, hub.Match, *apierror.Error) *outbox.Frame {
	return nil
}

func (c *subscribeCodec) GoAway(err *apierror.Error, untilClose time.Duration) *outbox.Frame {
	return subscribeFrame(&fastpubsubv1.SubscribeResponse{
		Event: &fastpubsubv1.SubscribeResponse_GoAway{GoAway: &fastpubsubv1.GoAway{
			Reason:         err.Reason(),
			Message:        text(err),
			TimeUntilClose: durationpb.New(untilClose),
		}},
	})
}

func subscribedFrame(handles []uint64) *outbox.Frame {
	return subscribeFrame(&fastpubsubv1.SubscribeResponse{
		Event: &fastpubsubv1.SubscribeResponse_Subscribed{Subscribed: &fastpubsubv1.Subscribed{PatternHandles: handles}},
	})
}

func subscribeFrame(m *fastpubsubv1.SubscribeResponse) *outbox.Frame {
	return &outbox.Frame{Kind: outbox.KindMessage, Data: encode(m)}
}

func encode(m proto.Message) []byte {
	data, err := proto.Marshal(m)
	if err != nil { // only a text that is not UTF-8 fails; there is none
		panic(err)
	}
	return data
}

// text is the error's text for people, as protobuf demands it: UTF-8.
func text(err *apierror.Error) string { return strings.ToValidUTF8(err.Message(), "\uFFFD") }
