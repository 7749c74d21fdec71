package llps

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/framebuf"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// Text writes text lines and binary deliveries. All Texts are equal.
type Text struct{}

var _ session.Codec = Text{}

// Welcome says nothing: a client that has just connected waits for no greeting.
func (Text) Welcome(session.Welcome) *outbox.Frame { return nil }

// Success implements session.Codec. A publish is never acknowledged.
func (Text) Success(s session.Success) *outbox.Frame {
	switch r := &s.Requests[0]; r.Action {
	case session.ActionSubscribe, session.ActionUnsubscribe:
		return line("OK:", commandLine(r))
	case session.ActionPing:
		return line("PONG")
	default:
		return nil
	}
}

// Failure implements session.Codec.
func (Text) Failure(r session.Request, err *apierror.Error, _ bool) *outbox.Frame {
	if command := commandLine(&r); command != "" {
		return line("ERR:", code(err.Reason()), ":", command)
	}
	return line("ERR:", code(err.Reason()))
}

// Lost implements session.Codec.
func (Text) Lost(messages uint64) *outbox.Frame {
	return line("ERR:", code(apierror.SlowConsumer), ":", strconv.FormatUint(messages, 10))
}

// SubscriptionEnded implements session.Codec: it reads like a SUB that is
// refused.
func (t Text) SubscriptionEnded(tenant string, m hub.Match, err *apierror.Error) *outbox.Frame {
	return t.Failure(session.Request{Action: session.ActionSubscribe, Tenant: tenant, Name: m.Pattern}, err, false)
}

// GoAway implements session.Codec.
func (Text) GoAway(*apierror.Error, time.Duration) *outbox.Frame { return line("RECONNECT") }

// verbs are how text lines call the commands. Clients publish in binary; "PUB"
// stands in answers only.
var verbs = map[session.Action]string{
	session.ActionSubscribe:   "SUB",
	session.ActionUnsubscribe: "UNSUB",
	session.ActionPublish:     "PUB",
}

// commandLine is a command that names a channel or pattern, with the names as
// they were sent; otherwise empty.
func commandLine(r *session.Request) string {
	verb, ok := verbs[r.Action]
	if !ok {
		return ""
	}
	return verb + ":" + r.Tenant + ":" + r.Name
}

// code is how text lines call a reason.
func code(reason apierror.Reason) string {
	if reason == apierror.PublishDenied || reason == apierror.SubscribeDenied {
		return "permission_denied"
	}
	return strings.ToLower(apierror.Name(reason))
}

// line makes a text message. Names from binary messages need not be UTF-8, but
// a text message must.
func line(parts ...string) *outbox.Frame {
	text := strings.ToValidUTF8(strings.Join(parts, ""), "\uFFFD")
	data := make([]byte, 0, wsframe.HeaderSize(len(text))+len(text))
	return &outbox.Frame{Kind: outbox.KindWire, Data: append(wsframe.AppendHeader(data, wsframe.Text, len(text)), text...)}
}

// EncodeDelivery implements hub.Encoder. Of more patterns than a deliver frame
// can count the rest is left out.
func (Text) EncodeDelivery(m *hub.Message, matches []hub.Match) *outbox.Frame {
	matches = matches[:min(len(matches), math.MaxUint16)]
	size := 1 + 2 + len(m.Tenant) + 2 + len(m.Channel) + 4 + len(m.Payload) + 2
	for i := range matches {
		size += 2 + len(matches[i].Pattern)
	}
	f := framebuf.New(outbox.KindWire, 1, wsframe.HeaderSize(size)+size)
	b := append(wsframe.AppendHeader(f.Data, wsframe.Binary, size), firstDeliver)
	b = appendName(appendName(b, m.Tenant), m.Channel)
	b = binary.BigEndian.AppendUint32(b, uint32(len(m.Payload))) //nolint:gosec // the largest limit is 16 MiB
	b = append(b, m.Payload...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(matches))) //nolint:gosec // bounded above
	for i := range matches {
		b = appendName(b, matches[i].Pattern)
	}
	f.Data = b
	return f
}

// appendName appends a name of at most 65535 bytes, which is the largest limit.
func appendName(b []byte, name string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(name))), name...) //nolint:gosec // see above
}
