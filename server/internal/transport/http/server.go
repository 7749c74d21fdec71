package http

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/socket"
)

// Figures of a connection.
const (
	maxHeaderBytes = 32 << 10
	idleTimeout    = 2 * time.Minute // between requests
	maxStreams     = 1000            // of one HTTP/2 connection
	// stopInterval is how often Stop looks for connections that it need not wait for.
	stopInterval = 50 * time.Millisecond
)

// ServerOptions are what a server is made of, beside its handler.
type ServerOptions struct {
	// TLS of the port; nil: plain text (HTTP/1.1 and h2c).
	TLS *tls.Config
	// HeaderTimeout is how long a client may take to send a request's headers.
	HeaderTimeout time.Duration
	// KeepAlive is the interval of HTTP/2 pings; a peer is gone after two missed
	// answers.
	KeepAlive time.Duration
	Logger    *slog.Logger
}

// Server is the HTTP port. Answers may take as long as they like: streams are
// not cut.
type Server struct {
	server      *http.Server
	connections *connections
}

// NewServer makes a server that serves nothing yet.
func NewServer(h http.Handler, o ServerOptions) *Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(o.TLS != nil)
	protocols.SetUnencryptedHTTP2(o.TLS == nil)
	connections := newConnections()
	return &Server{connections: connections, server: &http.Server{
		Handler:           connections.watching(h),
		ConnContext:       withRaw,
		ConnState:         connections.changed,
		TLSConfig:         o.TLS,
		Protocols:         protocols,
		ReadHeaderTimeout: o.HeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug),
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: maxStreams,
			SendPingTimeout:      o.KeepAlive,
			PingTimeout:          o.KeepAlive,
		},
	}}
}

// Serve accepts connections until Stop, and then returns nil.
func (s *Server) Serve(l net.Listener) error {
	serve := s.server.Serve
	if s.server.TLSConfig != nil {
		serve = func(l net.Listener) error { return s.server.ServeTLS(l, "", "") }
	}
	if err := serve(socket.Listener{Listener: l}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Drain asks clients to make their next requests over other connections, which
// may lead them elsewhere. Requests are still served, so that health checks and
// metrics can be seen.
func (s *Server) Drain() { s.server.SetKeepAlivesEnabled(false) }

// Stop takes no more connections, waits for the requests in progress until the
// context ends, and then ends what is left. It does not wait for peers that have sent
// nothing, nor for requests that have not arrived in full. WebSockets are not its
// concern.
func (s *Server) Stop(ctx context.Context) {
	stopped := make(chan struct{})
	var cutting sync.WaitGroup
	cutting.Go(func() { s.cutUntil(stopped) })
	if err := s.server.Shutdown(ctx); err != nil {
		_ = s.server.Close()
	}
	close(stopped)
	cutting.Wait()
}

// cutUntil cuts again and again: connections and requests may have been on their
// way.
func (s *Server) cutUntil(stopped <-chan struct{}) {
	ticker := time.NewTicker(stopInterval)
	defer ticker.Stop()
	for {
		s.connections.cut()
		select {
		case <-stopped:
			return
		case <-ticker.C:
		}
	}
}
