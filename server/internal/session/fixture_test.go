package session_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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
)

// tokens is both the gate and the token store: tokens are named by their ids.
type tokens struct {
	mu      sync.Mutex
	records map[string]token.Record
}

func (s *tokens) put(id string, lifetime time.Duration, grants ...authz.Grant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records[id] = token.Record{ID: id, ExpiresAt: time.Now().Add(lifetime), Right: token.Right{Grants: grants}}
}

func (s *tokens) change(id string, change func(*token.Record)) token.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	record := s.records[id]
	change(&record)
	s.records[id] = record
	return record
}

func (s *tokens) Get(_ context.Context, id string) (token.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record, ok := s.records[id]
	if !ok {
		return record, tokenstore.ErrNotFound
	}
	return record, nil
}

func (s *tokens) Admit(ctx context.Context, c admission.Credentials) (*admission.Admission, error) {
	record, err := s.Get(ctx, c.Token)
	if err != nil || record.StateAt(time.Now()) != token.Active {
		return nil, apierror.New(apierror.TokenInvalid, "no such token")
	}
	rights, err := authz.Compile(record.Right.Grants, authz.Limits{TenantBytes: 128, ChannelBytes: 256})
	if err != nil {
		return nil, err
	}
	return &admission.Admission{TokenID: record.ID, Rights: rights, ExpiresAt: record.ExpiresAt}, nil
}

// codec is a wire that can be read in a test.
type codec struct{ prefix string }

func (c *codec) line(format string, args ...any) *outbox.Frame {
	return &outbox.Frame{Data: fmt.Appendf(nil, c.prefix+format+"\n", args...)}
}

func (c *codec) EncodeDelivery(m *hub.Message, matches []hub.Match) *outbox.Frame {
	var patterns []string
	for _, match := range matches {
		patterns = append(patterns, match.Pattern)
	}
	slices.Sort(patterns)
	f := c.line("message %s/%s %s %v", m.Tenant, m.Channel, m.Payload, patterns)
	f.Messages = 1
	return f
}

func (c *codec) Welcome(w session.Welcome) *outbox.Frame {
	return c.line("welcome %s %s", w.SessionID, w.KeepAlive)
}

func (c *codec) Success(s session.Success) *outbox.Frame {
	var ids []string
	for _, r := range s.Requests {
		ids = append(ids, fmt.Sprint(r.ID))
	}
	return c.line("ok %s", strings.Join(ids, ","))
}

func (c *codec) Failure(r session.Request, err *apierror.Error, closes bool) *outbox.Frame {
	return c.line("failure %d %s %v", r.ID, apierror.Name(err.Reason()), closes)
}

func (c *codec) Lost(n uint64) *outbox.Frame { return c.line("lost %d", n) }

func (c *codec) SubscriptionEnded(tenant string, m hub.Match, err *apierror.Error) *outbox.Frame {
	return c.line("ended %s/%s %s", tenant, m.Pattern, apierror.Name(err.Reason()))
}

func (c *codec) GoAway(err *apierror.Error, untilClose time.Duration) *outbox.Frame {
	return c.line("go away %s %s", apierror.Name(err.Reason()), untilClose)
}

// transport collects what is written. While stalled it blocks.
type transport struct {
	mu      sync.Mutex
	stalled chan struct{}
	lines   []string
	fail    error
	closed  bool
	cause   *apierror.Error
}

func (tr *transport) WriteFrames(frames []*outbox.Frame) error {
	if tr.stalled != nil {
		<-tr.stalled
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.fail != nil {
		return tr.fail
	}
	for _, f := range frames {
		tr.lines = append(tr.lines, strings.TrimSuffix(string(f.Data), "\n"))
	}
	return nil
}

func (tr *transport) Close(cause *apierror.Error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.closed, tr.cause = true, cause
	if tr.stalled != nil {
		close(tr.stalled)
	}
}

// world is a registry and what it stands on.
type world struct {
	t        *testing.T
	tokens   *tokens
	member   *local.Alone
	registry *session.Registry
	codec    *codec
}

// newWorld makes a registry; change may alter its options.
func newWorld(t *testing.T, change func(*session.Options)) *world {
	w := &world{t: t, tokens: &tokens{records: map[string]token.Record{}}, member: new(local.Alone), codec: &codec{}}
	h, err := hub.New(t.Context(), w.member)
	require.NoError(t, err)
	options := session.Options{
		Hub: h, Gate: w.tokens, Tokens: w.tokens, Metrics: metrics.New(), Logger: slog.New(slog.DiscardHandler),
		Limits:     session.Limits{TenantBytes: 128, ChannelBytes: 256, PayloadBytes: 100, FrameBytes: 1000, Subscriptions: 3},
		QueueBytes: 1 << 20, QueueMessages: 1000, Node: "node", Version: "test", KeepAlive: 20 * time.Second,
	}
	if change != nil {
		change(&options)
	}
	w.registry = session.New(options)
	w.tokens.put("all", time.Hour, authz.Grant{Tenants: []string{"t", "~"}, Publish: []string{"#"}, Subscribe: []string{"#"}})
	return w
}

// client is one session as a test sees it.
type client struct {
	*session.Session
	*transport
	t      *testing.T
	lastID uint64
}

func (w *world) connect(tokenID string) *client {
	c, err := w.tryConnect(tokenID, &transport{})
	require.NoError(w.t, err)
	return c
}

func (w *world) tryConnect(tokenID string, tr *transport) (*client, error) {
	a, err := w.registry.Admit(w.t.Context(), admission.Credentials{Token: tokenID})
	if err != nil {
		return nil, err
	}
	return w.open(a, tr)
}

func (w *world) open(a *admission.Admission, tr *transport) (*client, error) {
	peer := session.Peer{Addr: netip.MustParseAddr("127.0.0.1"), Wire: session.WireLLPS}
	s, err := w.registry.Open(w.t.Context(), a, peer, w.codec, tr)
	return &client{Session: s, transport: tr, t: w.t}, err
}

func (c *client) request(action session.Action, tenant, name string) session.Request {
	c.lastID++
	return session.Request{ID: c.lastID, Action: action, Tenant: tenant, Name: name}
}

func (c *client) subscribe(tenant, pattern string) {
	c.Subscribe(c.t.Context(), c.request(session.ActionSubscribe, tenant, pattern))
}

func (c *client) unsubscribe(tenant, pattern string) {
	c.Unsubscribe(c.t.Context(), c.request(session.ActionUnsubscribe, tenant, pattern))
}

func (c *client) publication(tenant, name, payload string) session.Publication {
	r := c.request(session.ActionPublish, tenant, name)
	r.Ack = true
	return session.Publication{Request: r, Payload: []byte(payload)}
}

func (c *client) publish(tenant, name, payload string) {
	c.Publish(c.t.Context(), []session.Publication{c.publication(tenant, name, payload)})
}

func (c *client) authenticate(tokenID string) {
	c.Authenticate(c.t.Context(), c.request(session.ActionAuthenticate, "", ""), tokenID)
}

// read takes the lines that have arrived, without the welcome.
func (c *client) read() []string {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := c.lines
	c.lines = nil
	if len(lines) > 0 && strings.Contains(lines[0], "welcome") {
		lines = lines[1:]
	}
	return lines
}

// closedWith says why the server closed the transport; "" for no reason.
func (c *client) closedWith() string {
	<-c.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	require.True(c.t, c.closed)
	require.Equal(c.t, c.Err(), c.cause)
	if c.cause == nil {
		return ""
	}
	return apierror.Name(c.cause.Reason())
}

// elapse lets fake time pass.
func elapse(d time.Duration) { <-time.After(d) }
