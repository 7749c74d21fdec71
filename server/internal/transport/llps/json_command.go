package llps

import (
	"encoding/base64"
	"encoding/json"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
)

var (
	errNotJSON = apierror.New(apierror.FrameInvalid, "the text message starts like a JSON object and is none")
	errID      = apierror.New(apierror.RequestInvalid, `member "id" is neither a string nor a number`)
	errPayload = apierror.New(apierror.RequestInvalid, `member "payload" is missing; an empty message is ""`)
	errBase64  = apierror.New(apierror.RequestInvalid, `member "payload" is not base64 (standard alphabet, padded), which "encoding" says it is`)
)

// members are those of a JSON command, whose names are matched exactly. Unknown
// ones are ignored, and null says the same as no member.
type members map[string]json.RawMessage

// decodeJSON reads a JSON object. One that cannot be carried out is refused
// with its id, as far as that can be read.
func decodeJSON(message []byte, c *command.Command) *apierror.Error {
	var object members
	if err := json.Unmarshal(message, &object); err != nil {
		return errNotJSON
	}
	r, err := object.request()
	switch {
	case err != nil:
		c.Refuse(r, err)
	case r.Action != session.ActionPublish:
		c.Request = r
	default:
		publication, err := object.publication(r)
		if err != nil {
			c.Refuse(r, err)
			return nil
		}
		c.Publish(publication)
	}
	return nil
}

// request reads what all commands have. With an error it is as much as could be
// read.
func (m members) request() (r session.Request, err *apierror.Error) {
	if r.Tag, err = m.id(); err != nil {
		return r, err
	}
	action, err := m.text("action")
	if err != nil {
		return r, err
	}
	known := false
	if r.Action, known = jsonActions[action]; !known {
		return r, apierror.Newf(apierror.RequestInvalid, `member "action" is %.40q; use "subscribe", "unsubscribe", "publish" or "ping"`, action)
	}
	r.Ack = r.Action == session.ActionPublish && r.Tag != nil
	if r.Tenant, err = m.text("tenant"); err != nil {
		return r, err
	}
	r.Name, err = m.text("channel")
	return r, err
}

var jsonActions = map[string]session.Action{
	"subscribe":   session.ActionSubscribe,
	"unsubscribe": session.ActionUnsubscribe,
	"publish":     session.ActionPublish,
	"ping":        session.ActionPing,
}

// publication reads what a publish has besides.
func (m members) publication(r session.Request) (session.Publication, *apierror.Error) {
	mode, err := m.mode()
	if err != nil {
		return session.Publication{}, err
	}
	payload, err := m.payload()
	if err != nil {
		return session.Publication{}, err
	}
	return session.Publication{Request: r, Payload: payload, Mode: mode}, nil
}

func (m members) mode() (hub.Mode, *apierror.Error) {
	delivery, err := m.text("delivery")
	if err != nil {
		return 0, err
	}
	switch delivery {
	case "", "broadcast":
		return hub.Broadcast, nil
	case "one":
		return hub.OneRandom, nil
	case "one-low-latency":
		return hub.OneLowLatency, nil
	default:
		return 0, apierror.Newf(apierror.RequestInvalid, `member "delivery" is %.40q; use "broadcast", "one" or "one-low-latency"`, delivery)
	}
}

func (m members) payload() ([]byte, *apierror.Error) {
	if !m.has("payload") {
		return nil, errPayload
	}
	payload, err := m.text("payload")
	if err != nil {
		return nil, err
	}
	encoding, err := m.text("encoding")
	if err != nil {
		return nil, err
	}
	switch encoding {
	case "":
		return []byte(payload), nil
	case "base64":
		decoded, err := base64.StdEncoding.DecodeString(payload)
		if err != nil {
			return nil, errBase64
		}
		return decoded, nil
	default:
		return nil, apierror.Newf(apierror.RequestInvalid, `member "encoding" is %.40q; use "base64", or leave it out for text`, encoding)
	}
}

// id is the raw member "id", nil if there is none.
func (m members) id() ([]byte, *apierror.Error) {
	if !m.has("id") {
		return nil, nil
	}
	switch raw := m["id"]; raw[0] {
	case '"', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return raw, nil
	default:
		return nil, errID
	}
}

// text is a member that is a text, empty if there is none.
func (m members) text(name string) (string, *apierror.Error) {
	if !m.has(name) {
		return "", nil
	}
	var text string
	if err := json.Unmarshal(m[name], &text); err != nil {
		return "", apierror.Newf(apierror.RequestInvalid, "member %q is not a string", name)
	}
	if hasLoneSurrogate(m[name]) {
		return "", apierror.Newf(apierror.RequestInvalid,
			`member %q has half of a surrogate pair, which is no text; send bytes as "payload" with "encoding":"base64"`, name)
	}
	return text, nil
}

func (m members) has(name string) bool {
	raw, ok := m[name]
	return ok && string(raw) != "null"
}
