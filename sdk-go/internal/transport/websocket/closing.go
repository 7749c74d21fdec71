package websocket

import (
	"errors"
	"strings"

	"github.com/coder/websocket"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// reasonByCode is what a close code means when its text names no reason.
var reasonByCode = map[websocket.StatusCode]fault.Reason{
	websocket.StatusGoingAway:     fault.Draining,
	websocket.StatusMessageTooBig: fault.PayloadTooLarge,
	websocket.StatusInternalError: fault.Internal,
	websocket.StatusTryAgainLater: fault.Overloaded,
}

// faultOf says why a connection ended. A server closes with the text
// "REASON: what is wrong".
func faultOf(err error) *fault.Fault {
	var closed websocket.CloseError
	switch {
	case errors.As(err, &closed):
		return faultOfClose(closed)
	case isClosed(err):
		return fault.Wrap(err, fault.ConnectionLost, "the connection was cut")
	default:
		return fault.Wrap(err, fault.ConnectionLost, "the connection broke")
	}
}

func faultOfClose(closed websocket.CloseError) *fault.Fault {
	if reason, text, found := strings.Cut(closed.Reason, ":"); found && fault.Known(fault.Reason(reason)) {
		return fault.New(fault.Reason(reason), strings.TrimSpace(text))
	}
	if reason, found := reasonByCode[closed.Code]; found {
		return fault.Wrap(closed, reason, "the server closed the connection")
	}
	return fault.Wrap(closed, fault.ConnectionLost, "the server closed the connection")
}
