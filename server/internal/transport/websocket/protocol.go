package websocket

import (
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/command"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/llps"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/sessionframe"
)

// protocol is a subprotocol that the server speaks.
type protocol struct {
	name  string
	wire  session.Wire
	codec session.Codec
	// readLimit is the largest message that is read, in bytes.
	readLimit func(session.Limits) int
	// newDecoder makes the decoder of one connection.
	newDecoder func() decoder
}

// decoder reads the messages of one connection. The message must stay unchanged
// until c has been run. It may say with which codec the session goes on; nil:
// with the one it has. An error leaves c as it was.
type decoder interface {
	decode(text bool, message []byte, c *command.Command) (session.Codec, *apierror.Error)
}

var (
	llpsProtocol = &protocol{
		name:       "llps.v1",
		wire:       session.WireLLPS,
		codec:      llps.Text{},
		readLimit:  func(l session.Limits) int { return max(l.FrameBytes, llps.MaxMessage(l)) },
		newDecoder: func() decoder { return new(llpsDecoder) },
	}
	sessionProtocol = &protocol{
		name:       "fastpubsub.v1",
		wire:       session.WireSessionWebSocket,
		codec:      sessionframe.Codec{},
		readLimit:  func(l session.Limits) int { return l.FrameBytes },
		newDecoder: func() decoder { return new(sessionDecoder) },
	}
)

type llpsDecoder struct {
	llps.Decoder
	json bool // the client has sent a JSON command
}

func (d *llpsDecoder) decode(text bool, message []byte, c *command.Command) (session.Codec, *apierror.Error) {
	if !text {
		return nil, d.DecodeBinary(message, c)
	}
	err := d.DecodeText(message, c)
	if err != nil || d.json || !llps.IsJSON(message) {
		return nil, err
	}
	d.json = true
	return llps.JSON{}, nil
}

type sessionDecoder struct{ sessionframe.Decoder }

var errTextMessage = apierror.New(apierror.FrameInvalid, "fastpubsub.v1 knows binary messages only")

func (d *sessionDecoder) decode(text bool, message []byte, c *command.Command) (session.Codec, *apierror.Error) {
	if text {
		return nil, errTextMessage
	}
	return nil, d.Decode(message, c)
}
