package session

import (
	"context"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

// tokenSessions is the live sessions of one token, and when they end.
type tokenSessions struct {
	sessions  map[*Session]struct{}
	expiresAt time.Time
	timer     *time.Timer // ends them; nil: nothing does
}

// add makes s one of the sessions, if there is room, and queues its welcome
// before anything else can be.
func (r *Registry) add(s *Session, a *admission.Admission) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.room(a.TokenID); err != nil {
		return err
	}
	r.attach(s, a)
	r.count++
	s.Send(s.encoding().Welcome(r.welcome(s, a)))
	return nil
}

// attach puts s to its token. The registry is locked.
func (r *Registry) attach(s *Session, a *admission.Admission) {
	t := r.tokens[a.TokenID]
	if t == nil {
		t = &tokenSessions{sessions: map[*Session]struct{}{}}
		r.tokens[a.TokenID] = t
		r.arm(a.TokenID, t, a.ExpiresAt)
	}
	t.sessions[s] = struct{}{}
}

// detach takes s from its token. The registry is locked.
func (r *Registry) detach(s *Session, id string) {
	t := r.tokens[id]
	delete(t.sessions, s)
	if len(t.sessions) == 0 {
		t.disarm()
		delete(r.tokens, id)
	}
}

// move puts s to another token.
func (r *Registry) move(ctx context.Context, s *Session, fresh *admission.Admission) error {
	r.mu.Lock()
	old := s.admission.Load()
	if _, live := r.tokens[old.TokenID].live(s); !live {
		r.mu.Unlock()
		return draining()
	}
	if fresh.TokenID != old.TokenID {
		if t, most := r.tokens[fresh.TokenID], r.options.Limits.ConnectionsPerToken; t != nil && most > 0 && len(t.sessions) >= most {
			r.mu.Unlock()
			return apierror.Newf(apierror.TooManyConnections, "the token has %d live connections, which is the most it may; close one", most)
		}
		r.attach(s, fresh)
		r.detach(s, old.TokenID)
	}
	s.admission.Store(fresh)
	r.mu.Unlock()
	r.recheck(ctx, s, fresh.TokenID)
	return nil
}

func (t *tokenSessions) live(s *Session) (*tokenSessions, bool) {
	if t == nil {
		return nil, false
	}
	_, ok := t.sessions[s]
	return t, ok
}

// remove forgets a session that has ended.
func (r *Registry) remove(s *Session, lost error) {
	cause := s.cause
	r.mu.Lock()
	r.detach(s, s.admission.Load().TokenID)
	r.count--
	r.checkEmptied()
	r.mu.Unlock()
	r.settling.moved()
	r.options.Metrics.Ended(string(s.peer.Wire), cause)
	r.options.Logger.Debug("session ended", "session", s.ID(), "cause", cause, "lost", lost)
}

// TokenChanged carries a change of a token to its live sessions: a revoked one
// ends them (TK-10); another expiry moves the moment at which they end (TK-9);
// a deactivated one lets them be (TK-8).
func (r *Registry) TokenChanged(record token.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tokens[record.ID]
	switch {
	case t == nil:
	case !record.RevokedAt.IsZero():
		t.disarm()
		shutAll(t.sessions, tokenRevoked())
	case record.Deactivated:
		t.disarm()
	default:
		r.arm(record.ID, t, record.ExpiresAt)
	}
}

// arm sets when the sessions end. The registry is locked.
func (r *Registry) arm(id string, t *tokenSessions, at time.Time) {
	t.disarm()
	t.expiresAt = at
	if r.options.KeepExpired {
		return
	}
	t.timer = time.AfterFunc(time.Until(at), func() { r.expire(id, t) })
}

func (t *tokenSessions) disarm() {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
}

// expire ends the sessions, unless something has changed meanwhile.
func (r *Registry) expire(id string, t *tokenSessions) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tokens[id] != t || t.timer == nil {
		return
	}
	if time.Now().Before(t.expiresAt) {
		r.arm(id, t, t.expiresAt)
		return
	}
	shutAll(t.sessions, tokenExpired())
}

func shutAll(sessions map[*Session]struct{}, cause *apierror.Error) {
	for s := range sessions {
		s.shut(cause)
	}
}

func tokenExpired() *apierror.Error {
	return apierror.New(apierror.TokenExpired, "the token expired; connect with a fresh one")
}

func tokenRevoked() *apierror.Error {
	return apierror.New(apierror.TokenRevoked, "the token was revoked; ask an administrator for another one")
}
