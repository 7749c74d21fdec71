package supervisor

import (
	"context"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/credential"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/session"
)

const (
	// stableTime is how long a session must have lived for earlier failures to be
	// forgotten, so that a server which drops every client at once is not stormed.
	stableTime = 10 * time.Second
	// resubscribeTime bounds the wait for the acknowledgements of everything that
	// is subscribed to.
	resubscribeTime = time.Minute
)

// reconnect makes a new session after one was lost, unless its end is final.
func (v *Supervisor) reconnect(lost *session.Session) (*session.Session, *fault.Fault) {
	v.outbox.Detach(lost.Consumer())
	cause := lost.Cause()
	lost.Abort(cause)
	if v.endsClient(cause) {
		return nil, cause
	}
	v.setStatus(Reconnecting, cause)
	return v.connect(nil, false)
}

// connect tries until there is a session that has everything and takes from the
// outbox, or until there is a final reason. old is the session that goes on
// meanwhile, or nil. Only the first attempt of a new client does not wait.
func (v *Supervisor) connect(old *session.Session, first bool) (*session.Session, *fault.Fault) {
	for going := old; ; {
		if !first && !v.waitForAttempt(&going) {
			return nil, closedByApplication
		}
		next, failure := v.attempt(old)
		if failure == nil {
			v.adopt(next)
			return next, nil
		}
		if v.life.Err() != nil {
			return nil, closedByApplication
		}
		v.noteFailure(failure)
		if v.stopsAttempts(failure) {
			return nil, failure
		}
		v.config.Logger.Warn("fastpubsub: cannot connect, and will try again", "attempt", v.backoff.Failures()+1, "cause", failure.Error())
		if failure.Reason == fault.TokenSourceFailed {
			v.report(failure)
		}
		first = false
	}
}

// attempt makes one session and lets it take over.
func (v *Supervisor) attempt(old *session.Session) (*session.Session, *fault.Fault) {
	next, err := v.establish()
	if err != nil {
		return nil, fault.From(err)
	}
	if err := v.takeOver(old, next); err != nil {
		next.Abort(fault.From(err))
		return nil, next.Cause()
	}
	return next, nil
}

// establish makes a session that has everything the application subscribes to.
func (v *Supervisor) establish() (*session.Session, error) {
	ctx, cancel := context.WithTimeout(v.life, v.config.AttemptTimeout)
	defer cancel()
	token, err := credential.Ask(ctx, v.config.Source)
	if err != nil {
		return nil, err
	}
	conn, err := v.config.Dialer.Dial(ctx, token)
	if err != nil {
		return nil, err
	}
	s, err := session.Open(ctx, conn, session.Config{
		Outbox: v.outbox, Registry: v.registry, Dispatcher: v.dispatcher, Report: v.report,
	})
	if err != nil {
		return nil, err
	}
	if err := v.resubscribe(s); err != nil {
		s.Abort(fault.From(err))
		return nil, s.Cause()
	}
	return s, nil
}

func (v *Supervisor) resubscribe(s *session.Session) error {
	ctx, cancel := context.WithTimeout(v.life, resubscribeTime)
	defer cancel()
	return s.Resubscribe(ctx)
}

// adopt makes a session that has taken over the client's.
func (v *Supervisor) adopt(s *session.Session) {
	welcome := s.Welcome()
	v.limits.Store(&welcome.Limits)
	v.mu.Lock()
	v.current.Store(s)
	v.mu.Unlock()
	v.config.Logger.Debug("fastpubsub: session", "id", welcome.SessionID, "node", welcome.Node, "server", welcome.ServerVersion)
	if v.Status().State != Connected {
		v.setStatus(Connected, nil)
	}
	v.running.Go(func() { v.renewToken(s) })
}

// endsClient says whether the end of a session is one that no new session can
// mend.
func (v *Supervisor) endsClient(cause *fault.Fault) bool {
	switch cause.Retry {
	case fault.RetryNo:
		return cause.Reason != fault.Unreachable && cause.Reason != fault.TokenSourceFailed
	case fault.RetryFreshToken:
		return !credential.Renewable(v.config.Source)
	default:
		return false
	}
}

// stopsAttempts says whether another attempt is useless after this failure. What
// may only be a wrong setting (a wrong address, a certificate, a token source
// that refuses) stops a client that has never been connected; one that has been
// goes on.
func (v *Supervisor) stopsAttempts(failure *fault.Fault) bool {
	neverConnected := v.current.Load() == nil
	return v.endsClient(failure) || neverConnected && !failure.Retryable()
}

// waitForAttempt waits before the next attempt; false: the client is being
// closed. going is the session that goes on meanwhile, or nil. When it has ended
// the client is without a connection, and the waits start over: what failed
// before, during a move, was not urgent. Then going is nil from there on.
func (v *Supervisor) waitForAttempt(going **session.Session) bool {
	if *going == nil {
		return v.sleep(v.backoff.Next())
	}
	timer := time.NewTimer(v.backoff.Next())
	defer timer.Stop()
	select {
	case <-(*going).Done():
		*going = nil
		v.backoff.Reset()
		return v.sleep(v.backoff.Next())
	case <-timer.C:
		return true
	case <-v.life.Done():
		return false
	}
}

// sleep waits; it is false when the client ends meanwhile.
func (v *Supervisor) sleep(wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-v.life.Done():
		return false
	}
}
