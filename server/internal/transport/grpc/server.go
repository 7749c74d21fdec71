// Package grpc serves the contract's services over gRPC, with the standard
// health service and, if wished, server reflection.
//
// Every error carries an ErrorInfo with a reason of the catalogue, but for two
// that grpc-go answers itself: what the standard services refuse, and messages
// beyond twice the limit, which are not read.
package grpc

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// Options are what a server is made of. All but Credentials, TrustedProxies and
// Reflection must be set.
type Options struct {
	PubSub *rpc.PubSub
	Tokens *rpc.Tokens
	Admin  *rpc.Admin
	Logger *slog.Logger
	// Credentials are the TLS of the port; nil: plain text.
	Credentials credentials.TransportCredentials
	// TrustedProxies are the peers whose X-Forwarded-For counts.
	TrustedProxies []netip.Prefix
	// KeepAlive is the interval of pings; a peer is gone after two missed answers.
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
	// stopInterval is how often Stop looks for connections that carry nothing.
	stopInterval    = 50 * time.Millisecond
	readBufferBytes = 8 << 10 // with plain TCP it is held only while something is read
)

// Server is the gRPC port.
type Server struct {
	options     Options
	server      *grpc.Server
	health      *health.Server
	connections *connections
	stopping    context.Context // ends with Stop
	stop        context.CancelFunc
	drain       sync.Once
	drained     chan struct{} // closed when no call is left after Drain
}

// New makes a server that serves nothing yet and is not ready.
func New(o Options) *Server {
	s := &Server{options: o, health: health.NewServer(), connections: newConnections(o.AuthTimeout), drained: make(chan struct{})}
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.server = grpc.NewServer(s.serverOptions()...)
	for _, service := range s.services() {
		s.server.RegisterService(service, nil)
	}
	s.server.RegisterService(s.healthService(), nil)
	if o.Reflection {
		reflection.Register(s.server)
	}
	s.SetReady(false)
	return s
}

func (s *Server) serverOptions() []grpc.ServerOption {
	o := s.options
	return []grpc.ServerOption{
		grpc.Creds(newTrackedCredentials(o.Credentials, s.connections)),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.ConnectionTimeout(o.AuthTimeout),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: o.KeepAlive, Timeout: o.KeepAlive, MaxConnectionIdle: maxIdle}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: leastPingInterval, PermitWithoutStream: true}),
		grpc.MaxRecvMsgSize(s.readLimit()),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.MaxHeaderListSize(maxHeaderBytes),
		grpc.ReadBufferSize(readBufferBytes),
		grpc.WaitForHandlers(true),
		grpc.UnknownServiceHandler(unknownMethod),
		grpc.StreamInterceptor(s.interceptStream),
	}
}

// readLimit is the largest message that grpc-go may read: beyond the limit that
// clients are told, so that a frame that is a little too large gets the
// catalogue's reason, and not grpc-go's bare status.
func (s *Server) readLimit() int { return 2 * rpc.RequestLimit(s.frameLimit()) }

func (s *Server) frameLimit() int { return s.options.PubSub.Limits().FrameBytes }

// Serve accepts connections until Drain or Stop, and then returns nil.
func (s *Server) Serve(l net.Listener) error {
	return s.server.Serve(&trackedListener{l, s.connections})
}

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
	s.drain.Do(func() {
		s.health.Shutdown()
		s.connections.closeSilent()
		go func() {
			defer close(s.drained)
			s.server.GracefulStop()
		}()
	})
}

// Stop drains, waits for the calls in progress until the context ends, and then
// ends what is left. It does not wait for peers that show nothing, nor for requests
// that have not arrived. Nothing is served any more once it has returned.
func (s *Server) Stop(ctx context.Context) {
	s.stop()
	s.Drain()
	defer s.connections.forget()
	ticker := time.NewTicker(stopInterval)
	defer ticker.Stop()
	for {
		s.connections.closeIdle()
		select {
		case <-s.drained:
			return
		case <-ctx.Done():
			s.server.Stop()
			<-s.drained
			return
		case <-ticker.C:
		}
	}
}
