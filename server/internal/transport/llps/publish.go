package llps

import (
	"encoding/binary"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
)

// The first bytes of binary messages.
const (
	firstPublishV1 = 0x00 // it belongs to the length of the tenant
	firstDeliver   = 0x01
	firstPublishV2 = 0x02
)

var (
	errFirstByte = apierror.New(apierror.FrameInvalid,
		"the binary message is no publish: its first byte is neither 00 (version 1) nor 02 (version 2)")
	errMode = apierror.New(apierror.FrameInvalid,
		"the delivery mode is none of 0 (broadcast), 1 (one, low latency), 2 (one, random)")
	errCut = apierror.New(apierror.FrameInvalid, "the publish is shorter than its lengths say")
)

// DecodeBinary reads a binary message and adds the publish that it is to c. The
// message must stay unchanged until c has been run. An error is FRAME_INVALID: c
// is as before, and the connection ends.
func (d *Decoder) DecodeBinary(message []byte, c *command.Command) *apierror.Error {
	mode, body, err := version(message)
	if err != nil {
		return err
	}
	tenant, body, ok := cutName(body)
	if !ok {
		return errCut
	}
	channel, payload, ok := cutName(body)
	if !ok {
		return errCut
	}
	c.Publish(session.Publication{
		Request: session.Request{Action: session.ActionPublish, Tenant: d.names.Tenant(tenant), Name: d.names.Channel(channel)},
		Payload: payload,
		Mode:    mode,
	})
	return nil
}

// version takes off what version 2 has before the body of version 1.
func version(message []byte) (hub.Mode, []byte, *apierror.Error) {
	switch {
	case len(message) == 0:
		return 0, nil, errCut
	case message[0] == firstPublishV1:
		return hub.Broadcast, message, nil
	case message[0] != firstPublishV2:
		return 0, nil, errFirstByte
	case len(message) < 2:
		return 0, nil, errCut
	case int(message[1]) >= len(modes):
		return 0, nil, errMode
	}
	return modes[message[1]], message[2:], nil
}

// modes are the delivery modes by their bytes.
var modes = [...]hub.Mode{hub.Broadcast, hub.OneLowLatency, hub.OneRandom}

// cutName takes a name with its length off the front of b.
func cutName(b []byte) (name, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	size := int(binary.BigEndian.Uint16(b))
	if len(b)-2 < size {
		return nil, nil, false
	}
	return b[2 : 2+size], b[2+size:], true
}
