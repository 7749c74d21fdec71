package sessionframe

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
)

// outgoing is one OutgoingMessage.
type outgoing struct {
	id              uint64
	tenant, channel string
	payload         []byte
	mode            fastpubsubv1.DeliveryMode
}

// publish reads a PublishCommand. Of one that cannot be read nothing is added.
func (d *Decoder) publish(body []byte, c *command.Command) *apierror.Error {
	publications, refusals := len(c.Publications), len(c.Refusals)
	for rest := body; len(rest) > 0; {
		var f field
		var ok bool
		if f, rest, ok = nextField(rest); ok && f.isMessage() {
			var m outgoing
			if m, ok = d.message(f.bytes); ok {
				add(c, m)
			}
		}
		if !ok {
			c.Publications, c.Refusals = c.Publications[:publications], c.Refusals[:refusals]
			return errUnreadable
		}
	}
	if len(c.Publications) == publications && len(c.Refusals) == refusals {
		c.Refuse(session.Request{Action: session.ActionPublish}, errNoMessages)
	}
	return nil
}

// takeMessages adds the messages that the generated code has read.
func takeMessages(messages []*fastpubsubv1.OutgoingMessage, c *command.Command) {
	for _, m := range messages {
		add(c, outgoing{m.GetRequestId(), m.GetTenant(), m.GetChannel(), m.GetPayload(), m.GetDeliveryMode()})
	}
	if len(messages) == 0 {
		c.Refuse(session.Request{Action: session.ActionPublish}, errNoMessages)
	}
}

// message reads an OutgoingMessage. Of a field that stands there twice the last
// counts, as everywhere in protobuf; what is unknown is skipped.
func (d *Decoder) message(body []byte) (m outgoing, ok bool) {
	for len(body) > 0 {
		field, rest, ok := nextField(body)
		if !ok {
			return m, false
		}
		body = rest
		switch {
		case field.number == 1 && field.kind == protowire.VarintType:
			m.id = field.varint
		case field.number == 5 && field.kind == protowire.VarintType:
			m.mode = fastpubsubv1.DeliveryMode(field.varint) //nolint:gosec // protobuf cuts enums to 32 bits
		case field.kind != protowire.BytesType:
		case field.number == 2 && utf8.Valid(field.bytes):
			m.tenant = d.names.Tenant(field.bytes)
		case field.number == 3 && utf8.Valid(field.bytes):
			m.channel = d.names.Channel(field.bytes)
		case field.number == 2 || field.number == 3:
			return m, false
		case field.number == 4:
			m.payload = field.bytes
		}
	}
	return m, true
}

// field is one field of a message. Bytes and varint are set for those kinds.
type field struct {
	number protowire.Number
	kind   protowire.Type
	varint uint64
	bytes  []byte
}

// isMessage says whether it is an element of PublishCommand.messages.
func (f *field) isMessage() bool { return f.number == 1 && f.kind == protowire.BytesType }

func nextField(b []byte) (f field, rest []byte, ok bool) {
	var n int
	f.number, f.kind, n = protowire.ConsumeTag(b)
	if n < 0 || f.number > protowire.MaxValidNumber {
		return f, nil, false
	}
	b = b[n:]
	switch f.kind {
	case protowire.VarintType:
		f.varint, n = protowire.ConsumeVarint(b)
	case protowire.BytesType:
		f.bytes, n = protowire.ConsumeBytes(b)
	default:
		n = protowire.ConsumeFieldValue(f.number, f.kind, b)
	}
	if n < 0 {
		return f, nil, false
	}
	return f, b[n:], true
}

// add adds a message to what is published, or refuses it.
func add(c *command.Command, m outgoing) {
	r := session.Request{ID: m.id, Action: session.ActionPublish, Tenant: m.tenant, Name: m.channel, Ack: m.id != 0}
	mode, ok := Mode(m.mode)
	if !ok {
		c.Refuse(r, apierror.Newf(apierror.RequestInvalid,
			"delivery mode %d is unknown; use 1 (broadcast), 2 (one, low latency) or 3 (one, random)", m.mode))
		return
	}
	c.Publish(session.Publication{Request: r, Payload: m.payload, Mode: mode})
}

// Mode is the hub's name of a delivery mode of the contract, if it is one.
func Mode(mode fastpubsubv1.DeliveryMode) (hub.Mode, bool) {
	switch mode {
	case fastpubsubv1.DeliveryMode_DELIVERY_MODE_UNSPECIFIED, fastpubsubv1.DeliveryMode_DELIVERY_MODE_BROADCAST:
		return hub.Broadcast, true
	case fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_LOW_LATENCY:
		return hub.OneLowLatency, true
	case fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_RANDOM:
		return hub.OneRandom, true
	default:
		return 0, false
	}
}
