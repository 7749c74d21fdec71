package session

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/metrics"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

// Gate admits clients.
type Gate interface {
	Admit(ctx context.Context, c admission.Credentials) (*admission.Admission, error)
}

// Tokens finds tokens.
type Tokens interface {
	// Get is the record of a token, or tokenstore.ErrNotFound.
	Get(ctx context.Context, id string) (token.Record, error)
}

// Options are what a registry is made of.
type Options struct {
	Hub     *hub.Hub
	Gate    Gate
	Tokens  Tokens
	Metrics *metrics.Metrics
	Logger  *slog.Logger
	// Limits of each session.
	Limits Limits
	// Connections is how many sessions there may be; 0: any.
	Connections int
	// QueueBytes, QueueMessages and Overflow are those of each outbox.
	QueueBytes, QueueMessages int
	Overflow                  outbox.Policy
	// Node, Version and KeepAlive are told in the welcome.
	Node, Version string
	KeepAlive     time.Duration
	// KeepExpired keeps the sessions of a token that runs out.
	KeepExpired bool
}

// Registry is all live sessions of a node. Any goroutine may use it.
type Registry struct {
	options Options
	outbox  outbox.Options
	lastID  atomic.Uint64

	mu        sync.Mutex
	tokens    map[string]*tokenSessions
	count     int
	closesAt  time.Time     // zero: not draining
	emptied   chan struct{} // closed when draining and no session is left
	wasClosed bool          // emptied is closed
	settling  settling
}

// New makes a registry without sessions.
func New(o Options) *Registry {
	r := &Registry{options: o, tokens: map[string]*tokenSessions{}, emptied: make(chan struct{}), settling: settling{settle: giveMemoryBack}}
	r.outbox = outbox.Options{MaxBytes: o.QueueBytes, MaxMessages: o.QueueMessages, Policy: o.Overflow, OnWrite: r.wrote}
	return r
}

func (r *Registry) wrote(messages, bytes int, oldest int64) {
	m := r.options.Metrics
	m.SentBytes.Add(float64(bytes))
	if messages > 0 {
		m.Delivered.Add(float64(messages))
		m.WriteLatency.Observe(time.Duration(time.Now().UnixNano() - oldest).Seconds())
	}
}

// Limits are the limits of each session.
func (r *Registry) Limits() Limits { return r.options.Limits }

// Admit decides whether a client may come in, before its connection is made: a
// transport refuses it with the error. Open may still refuse it.
func (r *Registry) Admit(ctx context.Context, c admission.Credentials) (*admission.Admission, error) {
	r.mu.Lock()
	err := r.room("")
	r.mu.Unlock()
	var a *admission.Admission
	if err == nil {
		a, err = r.options.Gate.Admit(ctx, c)
	}
	if err == nil {
		r.mu.Lock()
		err = r.room(a.TokenID)
		r.mu.Unlock()
	}
	if err != nil {
		r.options.Metrics.Refused(apierror.ReasonOf(err))
		return nil, err
	}
	return a, nil
}

// room says whether a session of the token may join. The registry is locked.
func (r *Registry) room(tokenID string) error {
	if !r.closesAt.IsZero() {
		return draining()
	}
	if most := r.options.Connections; most > 0 && r.count >= most {
		return apierror.Newf(apierror.Overloaded, "the server has %d connections, which is the most it takes; try again later or elsewhere", most)
	}
	most := r.options.Limits.ConnectionsPerToken
	if t := r.tokens[tokenID]; t != nil && most > 0 && len(t.sessions) >= most {
		return apierror.Newf(apierror.TooManyConnections, "the token has %d live connections, which is the most it may; close one", most)
	}
	return nil
}

// Open starts a session and queues its welcome. An error is a refusal: the
// transport tells the client and closes the connection itself.
func (r *Registry) Open(ctx context.Context, a *admission.Admission, p Peer, c Codec, t Transport) (*Session, error) {
	s := newSession(r, a, p, c, t)
	if err := r.add(s, a); err != nil {
		r.options.Metrics.Refused(apierror.ReasonOf(err))
		return nil, err
	}
	r.options.Metrics.Opened(string(p.Wire))
	r.settling.moved()
	r.recheck(ctx, s, a.TokenID)
	r.options.Logger.Debug("session opened", "session", s.ID(), "wire", p.Wire, "peer", p.Addr, "token_id", a.TokenID)
	return s, nil
}

// recheck carries to the session what happened to its token between its
// admission and the moment from which on changes of it reach the session.
func (r *Registry) recheck(ctx context.Context, s *Session, id string) {
	record, err := r.options.Tokens.Get(ctx, id)
	switch {
	case err == nil:
		r.TokenChanged(record)
	case errors.Is(err, tokenstore.ErrNotFound):
		s.shut(tokenExpired())
	default:
		s.shut(apierror.From(err))
	}
}

func (r *Registry) welcome(s *Session, a *admission.Admission) Welcome {
	return Welcome{
		SessionID: s.ID(),
		Node:      r.options.Node,
		Version:   r.options.Version,
		Limits:    r.options.Limits,
		KeepAlive: r.options.KeepAlive,
		ExpiresAt: a.ExpiresAt,
	}
}

// Count is how many sessions there are.
func (r *Registry) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// Queued is how much all outboxes hold.
func (r *Registry) Queued() (bytes, messages int) {
	for _, s := range r.all() {
		b, m := s.outbox.Pending()
		bytes, messages = bytes+b, messages+m
	}
	return bytes, messages
}

func (r *Registry) all() []*Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	sessions := make([]*Session, 0, r.count)
	for _, t := range r.tokens {
		for s := range t.sessions {
			sessions = append(sessions, s)
		}
	}
	return sessions
}
