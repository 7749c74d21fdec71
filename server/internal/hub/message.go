package hub

import "github.com/fastpubsub/fastpubsub/server/internal/outbox"

// Mode says to whom a message goes.
type Mode uint8

// The delivery modes (DL-6).
const (
	// Broadcast: every connection with a match.
	Broadcast Mode = iota
	// OneLowLatency: one connection, one on this node if there is one.
	OneLowLatency
	// OneRandom: one connection of the cluster, chosen at random.
	OneRandom
)

// MessageID names one published message, unique across the cluster.
type MessageID struct {
	// Origin is a random number that the accepting node drew when it started.
	Origin uint64
	// Sequence is a number that the accepting node gives out once.
	Sequence uint64
}

// Message is one published message.
type Message struct {
	ID MessageID
	// Tenant and Channel are valid names.
	Tenant, Channel string
	// Payload is borrowed: it belongs to the caller again once Publish returns.
	Payload []byte
	// PublishedAt is in nanoseconds since the Unix epoch, by the clock of the
	// accepting node.
	PublishedAt int64
	Mode        Mode
}

// Match is a subscription of a connection that a message matched.
type Match struct {
	// Handle is this node's number for the pair of tenant and pattern.
	Handle uint64
	// Pattern is the text of the pattern, as the client sent it.
	Pattern string
}

// Encoder turns a message into a frame of one wire. There is one instance per
// wire in the process: it is compared with ==.
type Encoder interface {
	// EncodeDelivery is called once per publish, set of matching patterns and
	// encoder, and its frame is shared by all connections with both. It must keep
	// neither the message nor the matches. Any goroutine may call it.
	EncodeDelivery(m *Message, matches []Match) *outbox.Frame
}
