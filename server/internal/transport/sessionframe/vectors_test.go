package sessionframe

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
)

// SF-1, SF-3, SF-8, ER-5: the server reads every request of the vectors as they
// say.
func TestRequestVectors(t *testing.T) {
	forEachVector(t, vectors.KindRequest, func(t *testing.T, c *vectors.TranscriptCase) {
		var d Decoder
		var got command.Command
		err := d.Decode(c.Frame, &got)
		if !c.Valid {
			require.NotNil(t, err)
			assert.Equal(t, c.Reason, apierror.Name(err.Reason()))
			return
		}
		require.Nil(t, err)
		assert.Empty(t, got.Refusals)
		request, token, publications := asked(c.Command)
		assert.Equal(t, request, got.Request)
		assert.Equal(t, token, got.Token.Reveal())
		require.Len(t, got.Publications, len(publications))
		for i := range publications {
			assert.Equal(t, publications[i].Request, got.Publications[i].Request)
			assert.Equal(t, publications[i].Mode, got.Publications[i].Mode)
			assert.Equal(t, string(publications[i].Payload), string(got.Publications[i].Payload))
		}
	})
}

// SF-4, SF-12, SF-13: what the server writes, of those responses of the vectors
// that it can write, says the same as their frames.
func TestResponseVectors(t *testing.T) {
	written := 0
	forEachVector(t, vectors.KindResponse, func(t *testing.T, c *vectors.TranscriptCase) {
		if !c.Valid || c.Event == nil {
			return
		}
		var want fastpubsubv1.SessionResponse
		require.NoError(t, proto.Unmarshal(c.Frame, &want))
		discardUnknown(want.ProtoReflect())
		got := said(c.Event)
		if got == nil {
			return // only another version of the server says this
		}
		written++
		requireSame(t, &want, got(t))
	})
	assert.Greater(t, written, 20)
}

func forEachVector(t *testing.T, kind string, run func(*testing.T, *vectors.TranscriptCase)) {
	t.Helper()
	cases, err := vectors.Transcripts()
	require.NoError(t, err)
	for _, c := range cases {
		if c.Kind == kind {
			t.Run(c.Name, func(t *testing.T) { run(t, &c) })
		}
	}
}

// asked is a command of the vectors in the server's terms.
func asked(c *vectors.SessionCommand) (r session.Request, token string, publications []session.Publication) {
	switch {
	case c.Subscribe != nil:
		r = session.Request{ID: c.Subscribe.RequestID, Action: session.ActionSubscribe, Tenant: c.Subscribe.Tenant, Name: c.Subscribe.Pattern}
	case c.Unsubscribe != nil:
		r = session.Request{ID: c.Unsubscribe.RequestID, Action: session.ActionUnsubscribe, Tenant: c.Unsubscribe.Tenant, Name: c.Unsubscribe.Pattern}
	case c.Authenticate != nil:
		r, token = session.Request{ID: c.Authenticate.RequestID, Action: session.ActionAuthenticate}, c.Authenticate.Token
	case c.Ping != nil:
		r = session.Request{ID: c.Ping.RequestID, Action: session.ActionPing}
	default:
		modes := map[string]hub.Mode{"broadcast": hub.Broadcast, "one-low-latency": hub.OneLowLatency, "one-random": hub.OneRandom}
		for _, m := range c.Publish.Messages {
			publications = append(publications, session.Publication{
				Request: session.Request{ID: m.RequestID, Action: session.ActionPublish, Tenant: m.Tenant, Name: m.Channel, Ack: m.RequestID != 0},
				Payload: m.Payload, Mode: modes[m.DeliveryMode],
			})
		}
	}
	return r, token, publications
}

// said is how the server's code writes an event, or nil if it is one that this
// server does not know.
func said(e *vectors.SessionEvent) func(*testing.T) *fastpubsubv1.SessionResponse {
	codec := Codec{}
	switch {
	case e.Welcome != nil:
		l := e.Welcome.Limits
		welcome := session.Welcome{
			SessionID: e.Welcome.SessionID, Node: e.Welcome.Node, Version: e.Welcome.ServerVersion,
			Limits:    session.Limits{TenantBytes: l.Tenant, ChannelBytes: l.Channel, PayloadBytes: l.Payload, FrameBytes: l.Frame},
			KeepAlive: e.Welcome.KeepAlive.Duration(), ExpiresAt: unixNanos(e.Welcome.TokenExpiresAt),
		}
		return func(t *testing.T) *fastpubsubv1.SessionResponse { return decoded(t, codec.Welcome(welcome)) }
	case e.Success != nil:
		success := session.Success{Handle: e.Success.PatternHandle, ExpiresAt: unixNanos(e.Success.TokenExpiresAt)}
		for _, id := range e.Success.RequestIDs {
			success.Requests = append(success.Requests, session.Request{ID: uint64(id)})
		}
		return func(t *testing.T) *fastpubsubv1.SessionResponse { return decoded(t, codec.Success(success)) }
	case e.Deliveries != nil:
		return func(t *testing.T) *fastpubsubv1.SessionResponse { return delivered(t, e.Deliveries) }
	case e.Lost != nil:
		return func(t *testing.T) *fastpubsubv1.SessionResponse { return decoded(t, codec.Lost(e.Lost.Messages)) }
	default:
		return refused(e)
	}
}

// refused is said for the events that carry a reason.
func refused(e *vectors.SessionEvent) func(*testing.T) *fastpubsubv1.SessionResponse {
	codec := Codec{}
	switch {
	case e.Failure != nil:
		if err := errorOf(e.Failure.Reason, e.Failure.Message); err != nil {
			return func(t *testing.T) *fastpubsubv1.SessionResponse {
				return decoded(t, codec.Failure(session.Request{ID: e.Failure.RequestID}, err, e.Failure.ClosesSession))
			}
		}
	case e.SubscriptionEnded != nil:
		s := e.SubscriptionEnded
		if err := errorOf(s.Reason, s.Message); err != nil {
			return func(t *testing.T) *fastpubsubv1.SessionResponse {
				return decoded(t, codec.SubscriptionEnded(s.Tenant, hub.Match{Handle: s.PatternHandle, Pattern: s.Pattern}, err))
			}
		}
	case e.GoAway != nil:
		if err := errorOf(e.GoAway.Reason, e.GoAway.Message); err != nil {
			return func(t *testing.T) *fastpubsubv1.SessionResponse {
				return decoded(t, codec.GoAway(err, e.GoAway.TimeUntilClose.Duration()))
			}
		}
	}
	return nil
}

func errorOf(reason, message string) *apierror.Error {
	number, known := fastpubsubv1.ErrorReason_value["ERROR_REASON_"+reason]
	if !known {
		return nil
	}
	return apierror.New(apierror.Reason(number), message)
}

func delivered(t *testing.T, deliveries *vectors.Deliveries) *fastpubsubv1.SessionResponse {
	t.Helper()
	var elements []byte
	for _, d := range deliveries.Messages {
		m := &hub.Message{
			ID: hub.MessageID{Origin: d.IDOrigin, Sequence: d.IDSequence}, PublishedAt: d.PublishedAt,
			Tenant: d.Tenant, Channel: d.Channel, Payload: d.Payload,
		}
		var matches []hub.Match
		for _, handle := range d.PatternHandles {
			matches = append(matches, hub.Match{Handle: uint64(handle)})
		}
		elements = append(elements, Codec{}.EncodeDelivery(m, matches).Data...)
	}
	var response fastpubsubv1.SessionResponse
	require.NoError(t, proto.Unmarshal(append(AppendDeliveriesHeader(nil, len(elements)), elements...), &response))
	return &response
}

func unixNanos(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(0, at)
}

// discardUnknown takes away what only another version of the server says.
func discardUnknown(m protoreflect.Message) {
	m.SetUnknown(nil)
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Message() == nil:
		case field.IsList():
			for i := range value.List().Len() {
				discardUnknown(value.List().Get(i).Message())
			}
		default:
			discardUnknown(value.Message())
		}
		return true
	})
}
