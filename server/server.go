package server

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// endTimeout is how long what is still in progress may take once all sessions
// have ended.
const endTimeout = 2 * time.Second

// Server is a FastPubSub server. Any goroutine may call its methods.
type Server struct {
	config  Config
	cluster *Cluster // nil: none
	parts   *parts
	ready   chan struct{}

	drain    sync.Once
	draining chan struct{} // closed by Drain

	http, grpc, metrics net.Listener // set before ready is closed
}

// New checks the configuration, opens the token store and reads the
// certificates. It listens to nothing yet. An error joins all that is wrong;
// errors.As finds *ConfigError.
//
// A server that New made must be Run, or Closed.
func New(config Config) (*Server, error) { return newServer(config, nil) }

func newServer(config Config, cluster *Cluster) (*Server, error) {
	if err := errors.Join(config.check(), cluster.check(&config)); err != nil {
		return nil, err
	}
	s := &Server{config: config, cluster: cluster, ready: make(chan struct{}), draining: make(chan struct{})}
	parts, err := compose(s)
	if err != nil {
		return nil, err
	}
	s.parts = parts
	return s, nil
}

// Close lets go of what New opened, of a server that is never Run.
func (s *Server) Close() error { return s.parts.close() }

// Run serves. It returns nil when the server was drained, the context's error
// when the context ended first (live connections are then closed at once), and
// otherwise why it could not serve. It is called once. Nothing of the server
// runs any more when it has returned.
func (s *Server) Run(ctx context.Context) error {
	if err := s.listen(ctx); err != nil {
		return errors.Join(err, s.parts.close())
	}
	running, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	var background sync.WaitGroup
	s.start(running, stop, &background)
	s.parts.grpc.SetReady(true)
	close(s.ready)
	s.config.Logger.Info("the server is ready", "http", s.HTTPAddr(), "grpc", s.GRPCAddr(), "metrics", s.MetricsAddr())
	err := s.await(ctx, running)
	s.end(stop)
	background.Wait()
	return errors.Join(err, s.parts.close())
}

// await waits until it is time to end, and drains if that is asked for.
func (s *Server) await(ctx, running context.Context) error {
	select {
	case <-s.draining:
	case <-ctx.Done():
		return ctx.Err()
	case <-running.Done():
		return context.Cause(running)
	}
	s.config.Logger.Info("draining", "connections", s.parts.registry.Count(), "timeout", s.config.DrainTimeout)
	s.parts.grpc.Drain()
	s.parts.http.Drain()
	s.parts.registry.Drain(ctx, s.config.DrainTimeout)
	return ctx.Err()
}

// end ends what is left.
func (s *Server) end(stop context.CancelCauseFunc) {
	s.parts.grpc.SetReady(false)
	s.parts.registry.EndAll()
	s.parts.gate.Close() // refusals that are held back are answered now
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	var ending sync.WaitGroup
	ending.Go(func() { s.parts.grpc.Stop(ctx) })
	ending.Go(func() { s.parts.http.Stop(ctx) })
	if s.parts.metricsServer != nil {
		ending.Go(func() { s.parts.metricsServer.Stop(ctx) })
	}
	ending.Wait()
	s.parts.websocket.Wait()
	stop(nil)
	s.config.Logger.Info("the server has ended")
}

// start starts everything that runs beside Run.
func (s *Server) start(ctx context.Context, stop context.CancelCauseFunc, background *sync.WaitGroup) {
	serve := func(serve func(net.Listener) error, l net.Listener) {
		background.Go(func() {
			if err := serve(l); err != nil {
				stop(err)
			}
		})
	}
	serve(s.parts.http.Serve, s.http)
	serve(s.parts.grpc.Serve, s.grpc)
	if s.metrics != nil {
		serve(s.parts.metricsServer.Serve, s.metrics)
	}
	background.Go(func() { s.parts.sweeper.Run(ctx) })
	background.Go(func() {
		if err := s.parts.followTokens(ctx); err != nil {
			stop(err)
		}
	})
}

func (s *Server) listen(ctx context.Context) (err error) {
	listen := func(address string) net.Listener {
		if err != nil || address == "" {
			return nil
		}
		var l net.Listener
		l, err = new(net.ListenConfig).Listen(ctx, "tcp", address)
		return l
	}
	s.http, s.grpc, s.metrics = listen(s.config.HTTPAddr), listen(s.config.GRPCAddr), listen(s.config.MetricsAddr)
	if err != nil {
		for _, l := range []net.Listener{s.http, s.grpc, s.metrics} {
			if l != nil {
				_ = l.Close()
			}
		}
	}
	return err
}

// Ready is closed once the ports accept connections.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// HTTPAddr is where HTTP is served, with the real port. It may be asked once
// Ready is closed, as the other addresses.
func (s *Server) HTTPAddr() string { return s.http.Addr().String() }

// GRPCAddr is where gRPC is served.
func (s *Server) GRPCAddr() string { return s.grpc.Addr().String() }

// MetricsAddr is where the metrics are served.
func (s *Server) MetricsAddr() string {
	if s.metrics == nil {
		return s.HTTPAddr()
	}
	return s.metrics.Addr().String()
}

// Drain starts to drain the server: it takes no new clients, asks those that it
// has to move, and delivers to them until they have gone or the drain timeout is
// over. Then Run returns nil. A second call changes nothing.
func (s *Server) Drain() { s.drain.Do(func() { close(s.draining) }) }

// startDraining is Drain for an administrator, who is told how many connections
// there are and how long they stay.
func (s *Server) startDraining() (connections int, untilClose time.Duration) {
	s.Drain()
	untilClose = s.config.DrainTimeout
	if closesAt, draining := s.parts.registry.Draining(); draining {
		untilClose = max(0, time.Until(closesAt))
	}
	return s.parts.registry.Count(), untilClose
}

// CreateToken creates an access token as TokenService does, for the program that
// embeds the server: it needs no master token.
func (s *Server) CreateToken(ctx context.Context, r *fastpubsubv1.CreateTokenRequest) (*fastpubsubv1.CreateTokenResponse, error) {
	return s.parts.administrator.CreateToken(ctx, r)
}

// readiness says why the server takes no clients now.
func (s *Server) readiness(ctx context.Context) error {
	select {
	case <-s.draining:
		return drainingError()
	default:
	}
	select {
	case <-s.ready:
	default:
		return startingError()
	}
	return errors.Join(s.parts.store.Check(ctx), s.parts.hub.Check(ctx))
}

// httpTLS and grpcTLS are the TLS of the ports; nil: plain text.
func (p *parts) httpTLS() *tls.Config { return p.tls("h2", "http/1.1") }
func (p *parts) grpcTLS() *tls.Config { return p.tls("h2") }

func (p *parts) tls(protocols ...string) *tls.Config {
	if p.certificate == nil {
		return nil
	}
	return p.certificate.Config(protocols...)
}
