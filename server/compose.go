package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane"
	"github.com/fastpubsub/fastpubsub/server/internal/certificate"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/metrics"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenadmin"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/bolt"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/memory"
	grpctransport "github.com/fastpubsub/fastpubsub/server/internal/transport/grpc"
	httptransport "github.com/fastpubsub/fastpubsub/server/internal/transport/http"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/websocket"
)

// parts are what a server is composed of, in the order in which each stands on
// those before it.
type parts struct {
	store         tokenstore.Store
	watcher       *tokenstore.Watcher
	certificate   *certificate.Source // nil: no TLS
	backplane     backplane.Backplane
	hub           *hub.Hub
	metrics       *metrics.Metrics
	administrator *tokenadmin.Service
	sweeper       *tokenadmin.Sweeper
	gate          *admission.Gate
	registry      *session.Registry
	websocket     *websocket.Handler
	http          *httptransport.Server
	grpc          *grpctransport.Server
	metricsServer *httptransport.Server // nil: on the HTTP port
}

// compose makes the parts. The server's configuration is checked.
func compose(s *Server) (_ *parts, err error) {
	p := &parts{}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	s.config.complete()
	for _, step := range []func(*Server, Config) error{
		p.openStore, p.openCertificate, p.joinCluster, p.makeTokens, p.makeRegistry, p.makePorts,
	} {
		if err := step(s, s.config); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// complete fills in what may be left out.
func (c *Config) complete() {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.NodeName == "" {
		c.NodeName, _ = os.Hostname()
	}
}

func (p *parts) openStore(s *Server, c Config) (err error) {
	switch {
	case s.cluster != nil:
		p.store = sharedStore{s.cluster.store}
	case c.DataDir == "":
		p.store = memory.New()
	default:
		if p.store, err = bolt.Open(c.DataDir); err != nil {
			p.store = nil
			return err
		}
	}
	p.watcher, err = p.store.Watch(context.Background())
	return err
}

func (p *parts) openCertificate(_ *Server, c Config) (err error) {
	if c.TLS.CertFile != "" {
		p.certificate, err = certificate.Open(certificate.Files{Cert: c.TLS.CertFile, Key: c.TLS.KeyFile, ClientCA: c.TLS.ClientCAFile}, c.Logger)
	}
	return asConfigError(err)
}

// tlsFields are the fields that name the files of certificates.
var tlsFields = map[certificate.Role]string{
	certificate.RoleCert: "TLS.CertFile", certificate.RoleKey: "TLS.KeyFile", certificate.RoleClientCA: "TLS.ClientCAFile",
}

// asConfigError blames the field that names a file which cannot be used.
func asConfigError(err error) error {
	var fault *certificate.FileError
	if !errors.As(err, &fault) {
		return err
	}
	return &ConfigError{Field: tlsFields[fault.Role], Got: fmt.Sprintf("%q (%v)", fault.Path, fault.Err), Accepts: "a PEM file that can be used"}
}

func (p *parts) joinCluster(s *Server, c Config) (err error) {
	p.backplane = s.cluster.member(c.NodeName)
	p.hub, err = hub.New(context.Background(), p.backplane)
	return err
}

func (p *parts) makeTokens(_ *Server, c Config) (err error) {
	limits := authz.Limits{TenantBytes: c.Limits.TenantBytes, ChannelBytes: c.Limits.ChannelBytes}
	p.administrator, err = tokenadmin.New(tokenadmin.Options{
		Store: p.store, MasterTokens: c.MasterTokens, MaxTTL: c.Limits.TokenTTL, Limits: limits, Logger: c.Logger,
	})
	if err != nil {
		return err
	}
	p.sweeper = tokenadmin.NewSweeper(tokenadmin.SweeperOptions{Store: p.store, Retention: c.retention(), Logger: c.Logger})
	p.gate = admission.New(admission.Options{Store: p.store, Region: c.Region})
	return nil
}

// retention is how long ended tokens are known: as long as a connection of one
// may live.
func (c *Config) retention() time.Duration {
	if c.KeepExpiredConnections {
		return 7 * 24 * time.Hour
	}
	return tokenadmin.DefaultRetention
}

func (p *parts) makeRegistry(s *Server, c Config) error {
	p.metrics = metrics.New()
	p.registry = session.New(session.Options{
		Hub: p.hub, Gate: p.gate, Tokens: p.store, Metrics: p.metrics, Logger: c.Logger,
		Limits: c.sessionLimits(), Connections: c.Limits.Connections,
		QueueBytes: c.Limits.QueueBytes, QueueMessages: c.Limits.QueueMessages, Overflow: c.overflow(),
		Node: c.NodeName, Version: Version(), KeepAlive: c.KeepAliveInterval, KeepExpired: c.KeepExpiredConnections,
	})
	p.metrics.Observe(p.observed(s))
	return nil
}

func (c *Config) overflow() outbox.Policy {
	if c.Overflow == OverflowDropOldest {
		return outbox.DropOldest
	}
	return outbox.Disconnect
}

// minFrameBytes leaves room for many small publishes in one frame.
const minFrameBytes = 256 << 10

func (c *Config) sessionLimits() session.Limits {
	l := c.Limits
	return session.Limits{
		TenantBytes: l.TenantBytes, ChannelBytes: l.ChannelBytes, PayloadBytes: l.PayloadBytes,
		FrameBytes:    max(minFrameBytes, l.PayloadBytes+l.TenantBytes+l.ChannelBytes+1024),
		Subscriptions: l.Subscriptions, ConnectionsPerToken: l.ConnectionsPerToken, PublishesPerSecond: l.PublishesPerSecond,
	}
}

func (p *parts) observed(s *Server) metrics.Observed {
	queued := func(pick func(bytes, messages int) int) func() float64 {
		return func() float64 { return float64(pick(p.registry.Queued())) }
	}
	return metrics.Observed{
		QueuedBytes:    queued(func(bytes, _ int) int { return bytes }),
		QueuedMessages: queued(func(_, messages int) int { return messages }),
		Tokens: func() float64 {
			n, _ := p.store.Count(context.Background())
			return float64(n)
		},
		StoreUp:     up(p.store.Check),
		BackplaneUp: up(p.hub.Check),
		Draining: func() float64 {
			_, draining := p.registry.Draining()
			return number(draining)
		},
		Version: Version(), GoVersion: runtime.Version(),
	}
}

func up(check func(context.Context) error) func() float64 {
	return func() float64 { return number(check(context.Background()) == nil) }
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func (p *parts) makePorts(s *Server, c Config) error {
	pubsub := rpc.NewPubSub(p.registry, c.Logger)
	tokens, admin := rpc.NewTokens(p.administrator, p.gate), rpc.NewAdmin(p.administrator, p.gate, s.startDraining)
	p.grpc = grpctransport.New(grpctransport.Options{
		PubSub: pubsub, Tokens: tokens, Admin: admin, Logger: c.Logger, TLS: p.grpcTLS(),
		TrustedProxies: c.TrustedProxies, KeepAlive: c.KeepAliveInterval, AuthTimeout: c.AuthTimeout, Reflection: c.Reflection,
	})
	p.websocket = websocket.New(websocket.Options{
		Registry: p.registry, Logger: c.Logger, TrustedProxies: c.TrustedProxies, KeepAlive: c.KeepAliveInterval,
	})
	handler := httptransport.Options{
		PubSub: pubsub, Tokens: tokens, Admin: admin, Logger: c.Logger, WebSocket: p.websocket, IsUpgrade: websocket.IsUpgrade,
		Readiness: s.readiness, PublicHosts: c.PublicHosts, TrustedProxies: c.TrustedProxies,
	}
	port := httptransport.ServerOptions{HeaderTimeout: c.AuthTimeout, KeepAlive: c.KeepAliveInterval, Logger: c.Logger}
	if c.MetricsAddr == "" {
		handler.Gatherer = p.metrics.Gatherer()
	} else {
		p.metricsServer = httptransport.NewServer(httptransport.MetricsHandler(p.metrics.Gatherer()), port)
	}
	port.TLS = p.httpTLS()
	p.http = httptransport.NewServer(httptransport.NewHandler(handler), port)
	return nil
}

// followTokens carries changes of tokens to live sessions, until the context
// ends.
func (p *parts) followTokens(ctx context.Context) error {
	for {
		change, err := p.watcher.Next(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("changes of tokens cannot be followed: %w", err)
		}
		if change.Kind == tokenstore.Updated {
			p.registry.TokenChanged(change.Record)
		}
	}
}

// close lets go of everything, the last made first.
func (p *parts) close() (err error) {
	if p.gate != nil {
		p.gate.Close()
	}
	if p.backplane != nil {
		err = errors.Join(err, p.backplane.Close())
	}
	if p.certificate != nil {
		p.certificate.Close()
	}
	if p.watcher != nil {
		p.watcher.Close()
	}
	if p.store != nil {
		err = errors.Join(err, p.store.Close())
	}
	return err
}

func drainingError() error {
	return apierror.New(apierror.Draining, "the server is being drained; use another one")
}

func startingError() error {
	return apierror.New(apierror.Overloaded, "the server is starting; try again in a moment")
}
