// Package scenario is the language in which conformance cases are written: a
// case opens clients through a driver, tells them what to do, changes servers,
// tokens and the network, and expects what the clients report.
//
// Nothing waits a fixed time. What must not happen is followed by a sentinel
// that must: if something else comes first, the case fails.
package scenario

import (
	"fmt"
	"io"
	"sync"

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
	// Remote is a server that runs already; nil: servers are started.
	Remote *Remote

	driver *driver.Driver
	log    *logBuffer

	mu     sync.Mutex
	routes *routes            // of the events of the case that runs; nil: none runs
	shared *testserver.Server // for cases that need no server of their own
	lastID uint64
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
	e := &Environment{Binary: binary, Remote: remote, log: new(logBuffer)}
	d, err := start(e.log, e.route)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, e.log.take())
	}
	e.driver = d
	return e, nil
}

// Hello is the driver's greeting.
func (e *Environment) Hello() *conformancev1.Hello { return e.driver.Hello() }

// Close ends the driver and the shared server.
func (e *Environment) Close() error {
	if e.shared != nil {
		e.shared.Kill()
	}
	if err := e.driver.Close(); err != nil {
		return fmt.Errorf("%w\n%s", err, e.log.take())
	}
	return nil
}

// route gives an event to the case that runs. Events of clients that an earlier
// case has left behind are nobody's.
func (e *Environment) route(event *conformancev1.Event) {
	e.mu.Lock()
	routes := e.routes
	e.mu.Unlock()
	if routes != nil {
		routes.deliver(event)
	}
}

// id is a number that no client, subscription or tenant has had.
func (e *Environment) id() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lastID++
	return e.lastID
}

// sharedServer is the server of cases that need none of their own.
func (e *Environment) sharedServer() (*testserver.Server, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.shared != nil {
		return e.shared, nil
	}
	s, err := testserver.Start(testserver.Options{Binary: e.Binary, Log: e.log})
	e.shared = s
	return s, err
}

// logBuffer keeps what a driver and servers print while a case runs.
type logBuffer struct {
	mu   sync.Mutex
	text []byte
}

// maxLog bounds what is kept.
const maxLog = 1 << 20

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.text)+len(p) <= maxLog {
		b.text = append(b.text, p...)
	}
	return len(p), nil
}

func (b *logBuffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := string(b.text)
	b.text = nil
	return text
}
