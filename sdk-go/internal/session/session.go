// Package session is the life of one connection, free of any transport: it
// starts with the welcome, sends commands in order, matches answers with them,
// hands deliveries to the dispatcher, watches that the peer is alive, and ends
// once, with a cause. What outlives a connection (outbox, registry, dispatcher)
// is not here.
package session

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/dispatch"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/outbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// Config is what a session works with.
type Config struct {
	Outbox     *outbox.Outbox
	Registry   *registry.Registry
	Dispatcher *dispatch.Dispatcher
	// Report gets refusals that no caller waits for. It must not block.
	Report func(*fault.Fault)
}

// Session is one connection. All methods may be called concurrently.
type Session struct {
	conn     transport.Conn
	config   Config
	consumer *outbox.Consumer
	ledger   *registry.Ledger
	feed     *dispatch.Feed

	welcome  Welcome
	welcomed chan struct{} // closed when welcome is set
	goAway   chan struct{} // closed when goingAway is set
	going    GoAway
	done     chan struct{} // closed when everything is over but the goroutines
	running  sync.WaitGroup

	heard  atomic.Bool  // something has come since the keep-alive looked last
	rtt    atomic.Int64 // nanoseconds; 0: not measured yet
	expiry atomic.Int64 // of the token, Unix nanoseconds; 0: unknown

	mu        sync.Mutex
	control   [][]byte // the session's own frames; they go before the outbox's
	publishes map[uint64]*receipt.Receipt
	commands  map[uint64]command
	cause     *fault.Fault
	finishing bool // Close has been called
	ended     bool
	lastWord  *time.Timer // ends the session when the peer does not
}

// Open starts a session on a fresh connection and waits for the welcome. It owns
// the connection; when it fails, the connection is gone.
func Open(ctx context.Context, conn transport.Conn, config Config) (*Session, error) {
	s := &Session{
		conn:      conn,
		config:    config,
		consumer:  outbox.NewConsumer(),
		ledger:    config.Registry.Open(),
		feed:      config.Dispatcher.Open(),
		welcomed:  make(chan struct{}),
		goAway:    make(chan struct{}),
		done:      make(chan struct{}),
		publishes: make(map[uint64]*receipt.Receipt),
		commands:  make(map[uint64]command),
	}
	s.running.Go(s.read)
	select {
	case <-s.welcomed:
	case <-s.done:
	case <-ctx.Done():
		s.end(fault.Wrap(ctx.Err(), fault.Unreachable, "the server did not welcome the connection in time"))
		<-s.done // which the reader closes if it was first
	}
	select {
	case <-s.done:
		s.running.Wait()
		return nil, s.Cause()
	default:
	}
	s.running.Go(s.write)
	s.running.Go(s.keepAlive)
	return s, nil
}

// Welcome is what the server said at the start.
func (s *Session) Welcome() Welcome { return s.welcome }

// Consumer takes from the outbox when it is attached.
func (s *Session) Consumer() *outbox.Consumer { return s.consumer }

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.done }

// Alive says whether the session has not ended.
func (s *Session) Alive() bool {
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

// Cause is why the session ended; call it after Done.
func (s *Session) Cause() *fault.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

// GoAway is closed when the server has asked the client to move; then Going says
// how.
func (s *Session) GoAway() <-chan struct{} { return s.goAway }

// Going is what the server said with its go-away; call it after GoAway.
func (s *Session) Going() GoAway { return s.going }

// RTT is the last measured round-trip time; 0 when there is none yet.
func (s *Session) RTT() time.Duration { return time.Duration(s.rtt.Load()) }

// TokenExpiry is when the session's token expires, by the server's clock; zero
// when the server has not said.
func (s *Session) TokenExpiry() time.Time {
	if nanos := s.expiry.Load(); nanos != 0 {
		return time.Unix(0, nanos)
	}
	return time.Time{}
}

// send queues one of the session's own commands and keeps its record until the
// answer comes. When the session has ended already, the command ends with it.
func (s *Session) send(c command, encode func(requestID uint64) []byte) {
	id := s.config.Outbox.NextID()
	s.mu.Lock()
	ended := s.ended
	if !ended {
		s.commands[id] = c
		s.control = append(s.control, encode(id))
	}
	s.mu.Unlock()
	if ended {
		c.abandon(s.Cause())
		return
	}
	s.consumer.Signal()
}

// Authenticate presents a fresh token.
func (s *Session) Authenticate(token string) *receipt.Receipt {
	r := receipt.New()
	s.send(command{kind: authenticate, receipt: r}, func(id uint64) []byte { return wire.Authenticate(id, token) })
	return r
}

// ping asks for a sign of life.
func (s *Session) ping() *receipt.Receipt {
	r := receipt.New()
	s.send(command{kind: ping, receipt: r, sentAt: time.Now()}, wire.Ping)
	return r
}

// Fence completes when the server has handled every command that was sent before
// and its answers have been read.
func (s *Session) Fence() *receipt.Receipt { return s.ping() }
