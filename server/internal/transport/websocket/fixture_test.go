package websocket

import (
	"bufio"
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane/local"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/metrics"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/socket"
)

// The tokens of the tests.
const (
	goodToken = "AT_good_secret" // every channel of t1 and ~
	someToken = "AT_some_secret" // what the vectors are granted
)

// gate is the gate and the tokens: their texts are their ids.
type gate struct {
	mu      sync.Mutex
	grants  map[string][]authz.Grant
	rights  map[string]*authz.Rights
	refuse  map[string]error // what admitting a token fails with
	revoked map[string]bool
	seen    []admission.Credentials
}

func (g *gate) Admit(_ context.Context, c admission.Credentials) (*admission.Admission, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen = append(g.seen, c)
	admitted, err := g.try(c.Token)
	if err != nil && c.Fallback != "" && apierror.TraitsOf(apierror.ReasonOf(err)).HTTP == http.StatusUnauthorized {
		return g.try(c.Fallback)
	}
	return admitted, err
}

func (g *gate) try(text string) (*admission.Admission, error) {
	grants, known := g.grants[text]
	switch {
	case g.refuse[text] != nil:
		return nil, g.refuse[text]
	case text == "":
		return nil, apierror.New(apierror.TokenMissing, "send a token")
	case !known:
		return nil, apierror.New(apierror.TokenInvalid, "no such token")
	}
	rights := g.rights[text] // shared by connections, as the real gate does
	if rights == nil {
		var err error
		if rights, err = authz.Compile(grants, authz.Limits{TenantBytes: 128, ChannelBytes: 256}); err != nil {
			return nil, err
		}
		g.rights[text] = rights
	}
	return &admission.Admission{TokenID: text, Rights: rights, ExpiresAt: time.Now().Add(time.Hour)}, nil
}

func (g *gate) Get(_ context.Context, id string) (token.Record, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, known := g.grants[id]; !known {
		return token.Record{}, tokenstore.ErrNotFound
	}
	return g.record(id), nil
}

func (g *gate) record(id string) token.Record {
	r := token.Record{ID: id, ExpiresAt: time.Now().Add(time.Hour)}
	if g.revoked[id] {
		r.RevokedAt = time.Now()
	}
	return r
}

// revoke revokes a token, and gives its record.
func (g *gate) revoke(id string) token.Record {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.revoked[id] = true
	return g.record(id)
}

// lastSeen is what was shown at the gate last.
func (g *gate) lastSeen() admission.Credentials {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.seen[len(g.seen)-1]
}

// server is a handler on a real port, or on a listener of the test's.
type server struct {
	t        testing.TB
	gate     *gate
	registry *session.Registry
	handler  *Handler
	addr     string
	onHijack func() // called in the middle of an upgrade
}

// hookedWriter calls a function when the connection is taken over.
type hookedWriter struct {
	http.ResponseWriter
	hook func()
}

func (w hookedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.hook()
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

type change func(*session.Options, *Options)

func newServer(t testing.TB, changes ...change) *server {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return serve(t, listener, changes...)
}

func serve(t testing.TB, listener net.Listener, changes ...change) *server {
	s := &server{t: t, addr: listener.Addr().String(), gate: &gate{
		grants: map[string][]authz.Grant{
			goodToken: {{Tenants: []string{"t1", "~"}, Publish: []string{"#"}, Subscribe: []string{"#"}}},
			someToken: {{Tenants: []string{"t1", "~"}, Publish: []string{"a.#"}, Subscribe: []string{"a.#", "b.*"}}},
		},
		rights: map[string]*authz.Rights{}, refuse: map[string]error{}, revoked: map[string]bool{},
	}}
	fanOut, err := hub.New(context.Background(), new(local.Alone))
	require.NoError(t, err)
	so := session.Options{
		Hub: fanOut, Gate: s.gate, Tokens: s.gate, Metrics: metrics.New(), Logger: slog.New(slog.DiscardHandler),
		Limits:     session.Limits{TenantBytes: 128, ChannelBytes: 256, PayloadBytes: 65535, FrameBytes: 128 << 10, Subscriptions: 1000},
		QueueBytes: 8 << 20, QueueMessages: 65536, Node: "node", Version: "test", KeepAlive: 20 * time.Second,
	}
	o := Options{KeepAlive: time.Hour} // on a slow machine a ping would come between
	for _, change := range changes {
		change(&so, &o)
	}
	s.registry = session.New(so)
	o.Registry = s.registry
	s.handler = New(o)
	s.start(socket.Listener{Listener: listener})
	return s
}

// start serves until the test ends, and then waits for everything.
func (s *server) start(listener net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if !IsUpgrade(r) {
			http.Error(w, "no upgrade", http.StatusTeapot)
			return
		}
		if s.onHijack != nil {
			w = hookedWriter{w, s.onHijack}
		}
		s.handler.ServeHTTP(w, r)
	})
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute, Protocols: protocols}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // it ends with ErrServerClosed
	}()
	s.t.Cleanup(func() {
		s.registry.EndAll()
		s.handler.Wait()
		_ = server.Close()
		<-done
	})
}

func overflow(bytes int, policy outbox.Policy) change {
	return func(so *session.Options, _ *Options) { so.QueueBytes, so.Overflow = bytes, policy }
}
