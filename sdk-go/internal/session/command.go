package session

import (
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
)

type commandKind uint8

const (
	subscribe   commandKind = iota // the application's wish
	resubscribe                    // part of connecting
	unsubscribe                    // the application's wish
	retire                         // an unsubscribe before the connection is given up
	authenticate
	ping
)

// command is the record of a command that has been sent and not answered.
type command struct {
	kind    commandKind
	receipt *receipt.Receipt  // nil: nobody waits
	telling *registry.Telling // subscribe, resubscribe
	route   *registry.Route   // unsubscribe, retire
	sentAt  time.Time         // ping
}

// abandon says what becomes of a command when the connection ends before the
// answer: a subscription is sent again over the next connection, one that was to
// end has ended with the connection, and the rest has failed.
func (c command) abandon(cause *fault.Fault) {
	switch c.kind {
	case unsubscribe, retire:
		c.receipt.Complete(nil)
	default:
		c.receipt.Complete(lost(cause))
	}
}

// lost is the fault of a command whose outcome is unknown.
func lost(cause *fault.Fault) *fault.Fault {
	return fault.Wrap(cause, fault.ConnectionLost, "the connection ended before the server had answered; the outcome is unknown")
}
