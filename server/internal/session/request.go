package session

import (
	"net/netip"

	"github.com/fastpubsub/fastpubsub/server/internal/hub"
)

// Action is what a command asks for.
type Action uint8

// The actions.
const (
	// ActionNone is no command: an answer that nobody asked for.
	ActionNone Action = iota
	// ActionSubscribe starts a subscription.
	ActionSubscribe
	// ActionUnsubscribe ends one.
	ActionUnsubscribe
	// ActionPublish publishes a message.
	ActionPublish
	// ActionAuthenticate replaces the token.
	ActionAuthenticate
	// ActionPing asks for a sign of life.
	ActionPing
)

// Request names a command, in every wire's terms, so that an answer can repeat
// what its wire repeats.
type Request struct {
	// ID is the request id of the session protocol; 0: none.
	ID uint64
	// Tag is the raw "id" member of a JSON command; nil: none.
	Tag []byte
	// Action is what the command asks for.
	Action Action
	// Tenant and Name are as the client sent them, unchecked. Name is the channel
	// of a publish, otherwise the pattern.
	Tenant, Name string
	// Ack: the publish wants an acknowledgement. Every other command gets one.
	Ack bool
}

// Publication is one message to publish.
type Publication struct {
	Request Request
	// Payload is borrowed: it belongs to the transport again once Publish returns.
	Payload []byte
	// Mode says to whom the message goes.
	Mode hub.Mode
}

// Peer is what is known of a client beside its token.
type Peer struct {
	// Addr is the client's address (TK-7).
	Addr netip.Addr
	// Origin is the Origin header; empty: there was none.
	Origin string
	// Wire is a label for metrics and logs.
	Wire Wire
}

// Wire names a wire in metrics and logs.
type Wire string

// The wires.
const (
	WireLLPS             Wire = "llps"
	WireSessionWebSocket Wire = "session-websocket"
	WireSessionGRPC      Wire = "session-grpc"
	WireSubscribeGRPC    Wire = "subscribe-grpc"
	WireSubscribeConnect Wire = "subscribe-connect"
)
