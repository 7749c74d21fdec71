package bench

import "context"

// Dialer makes the clients of a run, each with a connection of its own. The run
// closes them.
type Dialer interface {
	// Publisher connects a client that publishes. failed takes what no call of it
	// returns; any goroutine may call it.
	Publisher(ctx context.Context, failed func(error)) (Publisher, error)
	// Subscriber connects a client that gets everything on the channels that match
	// the pattern, from the moment when the call returns.
	Subscriber(ctx context.Context, pattern string) (Subscriber, error)
}

// Publisher publishes messages, in order. One goroutine calls it. A payload is
// the caller's again when the call returns.
type Publisher interface {
	// Send hands a message to the connection.
	Send(ctx context.Context, channel string, payload []byte) error
	// Publish is Send with an acknowledgement, which it waits for.
	Publish(ctx context.Context, channel string, payload []byte) error
	// Begin is Publish without the waiting. The outcome may be awaited by another
	// goroutine.
	Begin(ctx context.Context, channel string, payload []byte) Outcome
	Close(ctx context.Context)
}

// Outcome is what becomes of a message.
type Outcome interface {
	// Wait waits for the acknowledgement.
	Wait(ctx context.Context) error
}

// Subscriber receives messages, in order. One goroutine calls it.
type Subscriber interface {
	// Receive waits for the next message. lost is how many were lost before it for
	// want of room; then there is no message.
	Receive(ctx context.Context) (message Message, lost uint64, err error)
	Close(ctx context.Context)
}

// Message is what a subscriber receives.
type Message struct {
	Channel string
	// Payload stays as it is until the next Receive.
	Payload []byte
}
