// Package backplane is how the nodes of a cluster reach each other: messages
// for the subscribers of other nodes, and who has subscribers for what.
//
// The package holds the interface; its implementations are packages below it,
// and backplanetest is the contract that each of them passes.
package backplane

import (
	"context"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

// Envelope is a message on its way between nodes. It is what the accepting
// node's hub made of a publish.
type Envelope struct {
	// Origin and Sequence are the message id.
	Origin, Sequence uint64
	// Tenant and Channel are valid names.
	Tenant, Channel string
	// Payload is borrowed: an implementation that keeps it copies it.
	Payload []byte
	// PublishedAt is in nanoseconds since the Unix epoch.
	PublishedAt int64
}

// Receiver is a node that takes messages from others. Any goroutine may call
// it; its methods do not block, and borrow the payload.
type Receiver interface {
	// Receive delivers a message to all local matches.
	Receive(Envelope)
	// ReceiveOne delivers a message to exactly one local match, and says whether
	// there was one.
	ReceiveOne(Envelope) bool
}

// Candidate is another node with matches for a channel.
type Candidate struct {
	// Node names it for Send.
	Node string
	// Connections is about how many connections with a match it has, at least 1.
	Connections int
}

// Backplane is one node's membership in a cluster. Any goroutine may use it
// once Join has returned. Errors are those of the context, or the catalogue's
// BACKPLANE_UNAVAILABLE.
type Backplane interface {
	// Join makes the node a member, whose messages go to r. It is called once,
	// before anything else.
	Join(ctx context.Context, r Receiver) error
	// Announce says that one more of this node's connections subscribes to the
	// pattern. Once it has returned, Broadcast of every other node reaches this
	// one for all channels that match (DL-5).
	Announce(ctx context.Context, tenant string, p channel.Pattern) error
	// Withdraw says that one connection less does. It does not wait.
	Withdraw(tenant string, p channel.Pattern)
	// Broadcast hands a message to all other nodes that have announced a match.
	// Messages of one node to one channel arrive in the order of the calls.
	Broadcast(ctx context.Context, e Envelope) error
	// Candidates are the other nodes with a match.
	Candidates(tenant, channel string) []Candidate
	// Send hands a message to one candidate for exactly one of its connections,
	// and says whether that node still had one. After an error it is unknown
	// whether the message was delivered.
	Send(ctx context.Context, node string, e Envelope) (bool, error)
	// Check says whether the node is connected to the cluster.
	Check(ctx context.Context) error
	// Close ends the membership. What was announced is withdrawn. No method of
	// the receiver is called after it has returned.
	Close() error
}
