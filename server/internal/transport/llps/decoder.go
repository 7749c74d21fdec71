package llps

import (
	"bytes"
	"unicode/utf8"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/intern"
)

// Decoder reads the messages of one connection. Its zero value is ready. One
// goroutine at a time uses it.
type Decoder struct{ names intern.Names }

var (
	errNotUTF8 = apierror.New(apierror.FrameInvalid, "the text message is not UTF-8; send bytes in a binary message")
	errLine    = apierror.New(apierror.FrameInvalid,
		"the text message is none of SUB:{tenant}:{pattern}, UNSUB:{tenant}:{pattern}, PING, and no JSON object")
)

// IsJSON says whether a text message is meant to be a JSON object.
func IsJSON(message []byte) bool {
	trimmed := bytes.TrimLeft(message, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{'
}

// DecodeText reads a text message and adds to c what it asks for. An error is
// FRAME_INVALID: c is as before, and the connection ends.
func (d *Decoder) DecodeText(message []byte, c *command.Command) *apierror.Error {
	switch {
	case !utf8.Valid(message):
		return errNotUTF8
	case IsJSON(message):
		return decodeJSON(message, c)
	}
	if string(message) == "PING" {
		c.Request = session.Request{Action: session.ActionPing}
		return nil
	}
	verb, rest, _ := bytes.Cut(message, []byte{':'})
	tenant, pattern, ok := bytes.Cut(rest, []byte{':'})
	action := lineActions[string(verb)]
	if !ok || action == session.ActionNone {
		return errLine
	}
	c.Request = session.Request{Action: action, Tenant: string(tenant), Name: string(pattern)}
	return nil
}

var lineActions = map[string]session.Action{
	"SUB":   session.ActionSubscribe,
	"UNSUB": session.ActionUnsubscribe,
}
