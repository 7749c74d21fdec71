// Package wire is the client's side of the protocols that are measured: it
// writes commands and reads what a server sends, by hand and without allocating
// per message, so that clients cost as little as may be beside a server.
//
// Each connection has a Conn. It knows bytes only; sockets are the caller's.
package wire

import (
	"errors"
	"math"
)

// Wire makes the connections of one protocol to one server.
type Wire func() Conn

// Conn is the state of one connection. One goroutine uses it.
//
// The methods that take dst append to it.
type Conn interface {
	// Hello is what the client sends first.
	Hello(dst []byte) []byte
	// Subscribe asks for a channel. The numbers of a connection's subscriptions
	// are the caller's choice, from 1, each used once at a time.
	Subscribe(dst []byte, number int, channel string) []byte
	// Unsubscribe ends the subscription with the number.
	Unsubscribe(dst []byte, number int, channel string) []byte
	// Publish publishes without an acknowledgement.
	Publish(dst []byte, channel string, payload []byte) []byte
	// Room is how many bytes the peer's flow control lets the client publish; it
	// counts beside the flow control of TCP.
	Room() int
	// Receive takes what has arrived and says how much of it is done with. The
	// rest, the beginning of something, is given again with what follows it. data
	// is the caller's again when the call returns.
	Receive(data []byte, to Receiver) (used int, err error)
}

// Receiver is told what a server sent. Bytes are valid until the call returns.
type Receiver interface {
	// Opened says that the handshake is over: commands may be sent.
	Opened()
	// Acknowledged says that the server has confirmed so many commands.
	Acknowledged(commands int)
	// Message is a delivery.
	Message(payload []byte)
	// Reply sends bytes that the protocol asks for, a Pong for example.
	Reply(data []byte)
}

// unlimited is the Room of protocols without flow control of their own.
const unlimited = math.MaxInt

// MaxUnit is the most that Receive may leave over: a larger frame is an error.
const MaxUnit = 128 << 10

var errTooLarge = errors.New("a frame is larger than a client here takes")

// checked bounds what a Receive leaves over.
func checked(left, used int, err error) (int, error) {
	if err == nil && left > MaxUnit {
		err = errTooLarge
	}
	return used, err
}
