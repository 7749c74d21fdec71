// Package grpc serves the contract's services over gRPC, with the standard
// health service and, if wished, server reflection.
//
// It speaks gRPC itself, on the connections of package h2: what a session delivers
// goes from its outbox to the wire without being copied from queue to queue. Every
// error carries an ErrorInfo with a reason of the catalogue, but for what the
// standard services refuse.
package grpc

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/socket"
)

// Options are what a server is made of. All but TLS, TrustedProxies and Reflection
// must be set.
type Options struct {
	PubSub *rpc.PubSub
	Tokens *rpc.Tokens
	Admin  *rpc.Admin
	Logger *slog.Logger
	// TLS of the port; nil: plain text. Clients must ask for "h2" (ALPN).
	TLS *tls.Config
	// TrustedProxies are the peers whose X-Forwarded-For counts.
	TrustedProxies []netip.Prefix
	// KeepAlive is the interval of pings; a peer is gone that has not answered one
	// when the next is due.
	KeepAlive time.Duration
	// AuthTimeout is how long a connection may take, from the moment it is accepted,
	// until a caller is admitted on it. Calls of the standard services, which need no
	// token, let it stay for 10 minutes more.
	AuthTimeout time.Duration
	// Reflection serves server reflection.
	Reflection bool
}

// Figures of a connection.
const (
	maxHeaderBytes    = 32 << 10        // of one call's metadata
	leastPingInterval = 5 * time.Second // of clients; ours ping every 10 to 20 s
	maxIdle           = 10 * time.Minute
	// maxStreams is how many calls may be in progress on one connection, as over
	// HTTP/2. Clients know it: they wait with more, and proxies that carry the
	// sessions of many clients open further connections.
	maxStreams = 1000
	// streamWindow and connectionWindow are how many bytes a client may send ahead:
	// enough for 100 Mbit/s over 20 ms on one stream, in a few streams for more.
	streamWindow     = 256 << 10
	connectionWindow = 1 << 20
	// stopInterval is how often Stop looks for connections that carry nothing.
	stopInterval = 50 * time.Millisecond
)

// Server is the gRPC port.
type Server struct {
	options     Options
	http2       h2.Config
	routes      routes
	health      *health.Server
	connections *connections
	stopping    context.Context // ends with Stop
	stop        context.CancelFunc
	draining    context.Context // ends with Drain
	drain       context.CancelFunc
	drained     sync.Once
}

// New makes a server that serves nothing yet and is not ready.
func New(o Options) *Server {
	s := &Server{options: o, health: health.NewServer(), connections: newConnections(o.AuthTimeout)}
	s.http2 = h2.Config{
		MaxStreams: maxStreams, MaxHeaderBytes: maxHeaderBytes, StreamWindow: streamWindow, ConnectionWindow: connectionWindow,
		KeepAlive: o.KeepAlive, LeastPing: leastPingInterval, MaxIdle: maxIdle, Header: answerHeader(200),
	}
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.draining, s.drain = context.WithCancel(context.Background())
	s.routes = newRoutes(s.open)
	for _, service := range s.services() {
		s.routes.RegisterService(service, nil)
	}
	s.routes.RegisterService(s.healthService(), nil)
	if o.Reflection {
		reflection.Register(s.routes)
	}
	s.SetReady(false)
	return s
}

func (s *Server) frameLimit() int { return s.options.PubSub.Limits().FrameBytes }

// SetReady says what the health service answers.
func (s *Server) SetReady(ready bool) {
	status := grpc_health_v1.HealthCheckResponse_NOT_SERVING
	if ready {
		status = grpc_health_v1.HealthCheckResponse_SERVING
	}
	s.health.SetServingStatus("", status)
	for _, service := range s.services() {
		s.health.SetServingStatus(service.ServiceName, status)
	}
}

// Drain takes no more connections, asks clients to make new calls elsewhere, and
// answers health checks with NOT_SERVING. Calls in progress go on. It does not
// wait.
func (s *Server) Drain() {
	s.drained.Do(func() {
		s.health.Shutdown()
		s.drain()
		s.connections.drain()
	})
}

// Stop drains, waits for the calls in progress until the context ends, and then
// ends what is left. It does not wait for peers that show nothing, nor for requests
// that have not arrived. Nothing is served any more once it has returned.
func (s *Server) Stop(ctx context.Context) {
	s.stop()
	s.Drain()
	ticker := time.NewTicker(stopInterval)
	defer ticker.Stop()
	for {
		s.connections.closeIdle()
		select {
		case <-s.connections.gone():
			return
		case <-ctx.Done():
			s.connections.closeAll()
			<-s.connections.gone()
			return
		case <-ticker.C:
		}
	}
}

// Serve accepts connections until Drain or Stop, and then returns nil.
func (s *Server) Serve(l net.Listener) error {
	l = socket.Listener{Listener: l}
	defer context.AfterFunc(s.draining, func() { _ = l.Close() })()
	for delay := leastDelay; ; {
		raw, err := l.Accept()
		switch {
		case err == nil:
			delay = leastDelay
			if n := s.connections.add(raw); n != nil {
				go s.serve(n)
			}
		case s.draining.Err() != nil:
			return nil
		case !isTemporary(err):
			return err
		default:
			time.Sleep(delay)
			delay = min(2*delay, mostDelay)
		}
	}
}

// How long accepting waits after it has failed, for lack of file descriptors mostly.
const (
	leastDelay = 5 * time.Millisecond
	mostDelay  = time.Second
)

func isTemporary(err error) bool {
	temporary, ok := err.(interface{ Temporary() bool }) //nolint:errorlint // as the standard library does
	return ok && temporary.Temporary()
}

// serve serves one connection until it is over.
func (s *Server) serve(n *connection) {
	defer s.connections.remove(n)
	raw, err := s.shakeHands(n.raw)
	if err != nil {
		s.options.Logger.Debug("no connection came about", "peer", n.raw.RemoteAddr(), "error", err)
		return
	}
	conn := h2.New(raw, &s.http2, func(stream *h2.Stream) { s.call(n, stream) })
	if s.connections.begin(n, conn) {
		conn.Serve()
	}
}
