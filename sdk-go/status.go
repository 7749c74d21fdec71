package fastpubsub

import "github.com/fastpubsub/fastpubsub/sdk-go/internal/supervisor"

// State is where a client is in its life.
type State int

// The states of a client.
const (
	// StateConnecting: there has not been a connection yet.
	StateConnecting State = iota
	// StateConnected: there is a connection, and everything is subscribed.
	StateConnected
	// StateReconnecting: the connection was lost, and the client makes a new one.
	// What is published meanwhile does not reach it.
	StateReconnecting
	// StateClosed: the client has ended.
	StateClosed
)

// String is CONNECTING, CONNECTED, RECONNECTING or CLOSED.
func (s State) String() string { return supervisor.State(s).String() }

// Status is a state with its cause.
type Status struct {
	State State
	// Cause is an *Error: why the connection was lost, why an attempt failed, or
	// why the client has ended. It is nil when there is nothing wrong, also when
	// the application itself has closed the client.
	Cause error
}

func statusOf(status supervisor.Status) Status {
	public := Status{State: State(status.State)}
	if status.Cause != nil {
		public.Cause = publicError(status.Cause)
	}
	return public
}
