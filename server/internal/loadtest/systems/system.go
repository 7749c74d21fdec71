//go:build linux

package systems

import (
	"errors"
	"net/netip"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/fleet"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/wire"
)

// ErrNotInstalled says that a system is not on this machine.
var ErrNotInstalled = errors.New("not installed")

// Server is a running server of some system.
type Server struct {
	*Process
	// Target is where its clients connect.
	Target fleet.Target
}

// System is something that is measured: a server and a wire.
type System struct {
	// Name stands in tables.
	Name string
	// Version of the server; empty for programs of this tree.
	Version string
	start   func(cpus []int, arguments []string) (*Server, error)
}

// Start starts a server on the CPUs. The arguments are added to those of our own
// server, and mean nothing to others. Its end is the caller's to order.
func (s System) Start(cpus []int, arguments ...string) (*Server, error) {
	return s.start(cpus, arguments)
}

// Names of the systems.
const (
	LLPS             = "llps.v1"
	SessionWebSocket = "session WebSocket"
	SessionGRPC      = "session gRPC"
	NATS             = "nats TCP"
	NATSWebSocket    = "nats WebSocket"
	Redis            = "redis"
	Echo             = "WebSocket echo"
	Relay            = "WebSocket relay"
)

func target(address string, w wire.Wire) (fleet.Target, error) {
	parsed, err := netip.ParseAddrPort(address)
	return fleet.Target{Address: parsed, Wire: w}, err
}

// serverOf makes a Server of a process, which it stops if there is an error.
func serverOf(p *Process, address string, w wire.Wire, err error) (*Server, error) {
	if err == nil {
		var t fleet.Target
		if t, err = target(address, w); err == nil {
			return &Server{Process: p, Target: t}, nil
		}
	}
	p.Stop()
	return nil, err
}
