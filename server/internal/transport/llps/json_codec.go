package llps

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/framebuf"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// JSON writes everything as JSON objects in text messages. All JSONs are equal.
type JSON struct{}

var _ session.Codec = JSON{}

// Welcome says nothing: a client that has just connected waits for no greeting.
func (JSON) Welcome(session.Welcome) *outbox.Frame { return nil }

// Success implements session.Codec: one message for each request.
func (JSON) Success(s session.Success) *outbox.Frame {
	f := success(&s.Requests[0])
	for i := range s.Requests[1:] {
		f.Data = append(f.Data, success(&s.Requests[1+i]).Data...)
	}
	return f
}

func success(r *session.Request) *outbox.Frame {
	if r.Action == session.ActionPing {
		return object("pong").raw("id", r.Tag).frame()
	}
	return object("ok").text("action", actionName(r.Action)).text("tenant", r.Tenant).text("channel", r.Name).raw("id", r.Tag).frame()
}

// Failure implements session.Codec.
func (JSON) Failure(r session.Request, err *apierror.Error, _ bool) *outbox.Frame {
	o := object("error").text("reason", apierror.Name(err.Reason())).text("message", err.Message())
	if r.Action != session.ActionNone {
		o = o.text("action", actionName(r.Action))
	}
	return o.raw("id", r.Tag).frame()
}

// Lost implements session.Codec.
func (JSON) Lost(messages uint64) *outbox.Frame {
	n := strconv.AppendUint(nil, messages, 10)
	return object("error").text("reason", apierror.Name(apierror.SlowConsumer)).
		text("message", "messages were dropped because the client reads more slowly than they arrive").raw("lost", n).frame()
}

// SubscriptionEnded implements session.Codec: it reads like a subscribe that is
// refused, and names what it was.
func (JSON) SubscriptionEnded(tenant string, m hub.Match, err *apierror.Error) *outbox.Frame {
	return object("error").text("reason", apierror.Name(err.Reason())).text("message", err.Message()).
		text("action", actionName(session.ActionSubscribe)).text("tenant", tenant).text("channel", m.Pattern).frame()
}

// GoAway implements session.Codec.
func (JSON) GoAway(*apierror.Error, time.Duration) *outbox.Frame { return object("reconnect").frame() }

func actionName(a session.Action) string {
	for name, action := range jsonActions {
		if action == a {
			return name
		}
	}
	return ""
}

// builder is a JSON object in the making, behind room for its header.
type builder []byte

func object(kind string) builder {
	b := make(builder, wsframe.MaxServerHeader, 256)
	return append(appendQuoted(append(b, `{"type":`...), kind), '}')
}

// text adds a member that is a text.
func (b builder) text(name, value string) builder {
	b = appendQuoted(b.member(name), strings.ToValidUTF8(value, "\uFFFD"))
	return append(b, '}')
}

// raw adds a member that is JSON already; none if it is empty.
func (b builder) raw(name string, value []byte) builder {
	if len(value) == 0 {
		return b
	}
	return append(append(b.member(name), value...), '}')
}

func (b builder) member(name string) builder {
	b[len(b)-1] = ','
	return append(appendQuoted(b, name), ':')
}

func (b builder) frame() *outbox.Frame {
	return &outbox.Frame{Kind: outbox.KindWire, Data: withHeader(b)}
}

// withHeader puts the header of a text message before b, which starts with room
// for it.
func withHeader(b []byte) []byte {
	size := len(b) - wsframe.MaxServerHeader
	start := wsframe.MaxServerHeader - wsframe.HeaderSize(size)
	wsframe.AppendHeader(b[:start], wsframe.Text, size)
	return b[start:]
}

// EncodeDelivery implements hub.Encoder.
func (JSON) EncodeDelivery(m *hub.Message, matches []hub.Match) *outbox.Frame {
	text := utf8.Valid(m.Payload)
	f := framebuf.New(outbox.KindWire, 1, deliverySize(m, matches, text))
	b := append(f.Data[:wsframe.MaxServerHeader], `{"type":"message","tenant":`...)
	b = append(appendQuoted(b, m.Tenant), `,"channel":`...)
	b = append(appendQuoted(b, m.Channel), `,"payload":`...)
	if text {
		b = append(appendQuoted(b, m.Payload), `,"patterns":[`...)
	} else {
		b = append(base64.StdEncoding.AppendEncode(append(b, '"'), m.Payload), `","encoding":"base64","patterns":[`...)
	}
	for i := range matches {
		b = append(appendQuoted(b, matches[i].Pattern), ',')
	}
	b[len(b)-1] = ']'
	f.Data = withHeader(append(b, '}'))
	return f
}

// deliverySize is the most that a delivery needs, with the room for its header.
func deliverySize(m *hub.Message, matches []hub.Match, text bool) int {
	const fixed = wsframe.MaxServerHeader + len(`{"type":"message","tenant":,"channel":,"payload":"","encoding":"base64","patterns":[]}`)
	size := fixed + quotedSize(m.Tenant) + quotedSize(m.Channel)
	for i := range matches {
		size += quotedSize(matches[i].Pattern) + 1
	}
	if text {
		return size + quotedSize(m.Payload)
	}
	return size + base64.StdEncoding.EncodedLen(len(m.Payload))
}
