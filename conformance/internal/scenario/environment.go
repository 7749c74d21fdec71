// Package scenario is the language in which conformance cases are written: a
// case opens clients through a driver, tells them what to do, changes servers,
// tokens and the network, and expects what the clients report.
//
// Nothing waits a fixed time. What must not happen is followed by a sentinel
// that must: if something else comes first, the case fails.
package scenario

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// Transport is what carries a client's connection.
type Transport string

// The transports.
const (
	WebSocket Transport = "websocket"
	GRPC      Transport = "grpc"
)

// Environment is what the cases of one driver share. One case at a time uses it.
type Environment struct {
	// Binary is the server's binary; empty: Remote is used.
	Binary string
	// Cluster is the program that runs clusters; empty: cases that need one are not
	// run.
	Cluster string
	// Remote is a server that runs already; nil: servers are started.
	Remote *Remote
	// Patience is how long a case waits for an event that must come, and half of how
	// long for the result of a command; 0: DefaultPatience.
	Patience time.Duration

	driver    *driver.Driver
	driverLog *logBuffer // the driver's standard error
	serverLog *logBuffer

	mu      sync.Mutex
	running *S                            // the case that runs; nil: none
	shared  map[string]*testserver.Server // by their flags, for cases that need no server of their own
	secrets []string                      // of the case before, for what a driver prints late
	lastID  uint64
}

// Remote is a server by its addresses.
type Remote struct {
	WebSocketURL, GRPCURL, HTTPURL string
	MasterToken                    string
}

// Starter starts the driver; see driver.StartProcess.
type Starter func(diagnostics io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error)

// NewEnvironment starts the driver.
func NewEnvironment(binary string, remote *Remote, start Starter) (*Environment, error) {
	e := &Environment{
		Binary: binary, Remote: remote, driverLog: new(logBuffer), serverLog: new(logBuffer), shared: map[string]*testserver.Server{},
	}
	d, err := start(e.driverLog, e.route)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, e.driverLog.take())
	}
	e.driver = d
	return e, nil
}

func (e *Environment) patience() time.Duration { return cmp.Or(e.Patience, DefaultPatience) }

// Hello is the driver's greeting.
func (e *Environment) Hello() *conformancev1.Hello { return e.driver.Hello() }

// Close ends the driver and the shared servers.
func (e *Environment) Close() error {
	for _, server := range e.shared {
		server.Kill()
	}
	if err := e.driver.Close(); err != nil {
		return fmt.Errorf("%w\n%s", err, e.driverLog.take())
	}
	return nil
}

// route gives an event to the case that runs. Events of clients that an earlier
// case has left behind are nobody's.
func (e *Environment) route(event *conformancev1.Event) {
	e.mu.Lock()
	s := e.running
	e.mu.Unlock()
	if s != nil {
		s.secrets.checkEvent(event)
		s.routes.deliver(event)
	}
}

// id is a number that no client, subscription or tenant has had.
func (e *Environment) id() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lastID++
	return e.lastID
}

// sharedServer is the server with these flags of cases that need none of their
// own.
func (e *Environment) sharedServer(args ...string) (*testserver.Server, error) {
	key := strings.Join(args, " ")
	e.mu.Lock()
	defer e.mu.Unlock()
	if server := e.shared[key]; server != nil {
		return server, nil
	}
	server, err := testserver.Start(testserver.Options{Binary: e.Binary, Args: args, Log: e.serverLog})
	if err == nil {
		e.shared[key] = server
	}
	return server, err
}
