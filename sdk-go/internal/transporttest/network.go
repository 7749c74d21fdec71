// Package transporttest is a transport in memory. The test is the
// peer: it accepts or refuses each dial, reads what the client sends and says
// what the server says. It sleeps nowhere and works inside a synctest bubble.
package transporttest

import (
	"context"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// Network is a dialer whose dials the test answers.
type Network struct{ dials chan *Dial }

// NewNetwork makes a network.
func NewNetwork() *Network { return &Network{dials: make(chan *Dial)} }

// Dial is one attempt to connect.
type Dial struct {
	Token  string
	answer chan answer
	gone   <-chan struct{} // closed when the client does not wait any more
}

type answer struct {
	conn transport.Conn
	err  error
}

// Dial implements transport.Dialer.
func (n *Network) Dial(ctx context.Context, token string) (transport.Conn, error) {
	dial := &Dial{Token: token, answer: make(chan answer), gone: ctx.Done()}
	select {
	case n.dials <- dial:
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Unreachable, "nobody answered the dial")
	}
	select {
	case a := <-dial.answer:
		return a.conn, a.err
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Unreachable, "the dial was not answered")
	}
}

// Next waits for the next dial.
func (n *Network) Next() *Dial { return <-n.dials }

// Dials is the dials that wait for an answer.
func (n *Network) Dials() <-chan *Dial { return n.dials }

// Refuse fails the dial.
func (d *Dial) Refuse(refusal *fault.Fault) { d.give(answer{err: refusal}) }

// Accept connects the client with a peer, which has not said anything yet. When the
// client does not wait any more the connection is cut.
func (d *Dial) Accept() *Peer {
	conn, peer := Pipe()
	if !d.give(answer{conn: conn}) {
		conn.Abort()
	}
	return peer
}

// give answers the dial; false: the client does not wait any more.
func (d *Dial) give(a answer) bool {
	select {
	case d.answer <- a:
		return true
	case <-d.gone:
		return false
	}
}
