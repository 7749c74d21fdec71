package supervisor

import (
	"context"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/credential"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/session"
)

// renewToken replaces a session's token shortly before it expires, again and
// again, as long as the session lives. When the source fails until the token has
// expired, the server ends the session and the client reconnects.
func (v *Supervisor) renewToken(s *session.Session) {
	if !credential.Renewable(v.config.Source) {
		return
	}
	for expiry := s.TokenExpiry(); time.Now().Before(expiry); expiry = s.TokenExpiry() {
		plan := credential.ScheduleFor(time.Until(expiry))
		wait := plan.First
		for time.Now().Before(expiry) {
			if !v.rest(s, wait) {
				return
			}
			if v.authenticate(s) {
				break
			}
			wait = plan.Again
		}
	}
}

// authenticate asks for a token and presents it; it says whether that worked.
func (v *Supervisor) authenticate(s *session.Session) bool {
	ctx, cancel := context.WithTimeout(v.life, v.config.AttemptTimeout)
	defer cancel()
	token, err := credential.Ask(ctx, v.config.Source)
	if err == nil {
		err = s.Authenticate(token).Wait(ctx, "the server has not answered the fresh token in time")
	}
	if err == nil || !s.Alive() || v.life.Err() != nil {
		return err == nil
	}
	failure := *fault.From(err)
	failure.Text = "the token could not be renewed; it expires at " + s.TokenExpiry().UTC().Format(time.RFC3339) + ": " + failure.Text
	v.report(&failure)
	return false
}

// rest waits; it is false when the session or the client ends meanwhile.
func (v *Supervisor) rest(s *session.Session, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.Done():
		return false
	case <-v.life.Done():
		return false
	}
}
