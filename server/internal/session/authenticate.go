package session

import (
	"context"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// Authenticate replaces the session's token and queues the answer. Live
// subscriptions that the new token does not allow end with SUBSCRIBE_DENIED.
// After a refusal the old token stays in force.
func (s *Session) Authenticate(ctx context.Context, r Request, token string) {
	if s.ended.Load() {
		return
	}
	fresh, err := s.registry.options.Gate.Admit(ctx, admission.Credentials{Token: token, IP: s.peer.Addr, Origin: s.peer.Origin})
	if err == nil {
		err = s.registry.move(ctx, s, fresh)
	}
	if err != nil {
		s.refuseToken(r, apierror.From(err))
		return
	}
	s.publishing.known = false
	s.succeed(Success{Requests: []Request{r}, ExpiresAt: fresh.ExpiresAt})
	s.endForbidden(fresh)
}

// refuseToken answers an authenticate. Unlike a refusal at connect it leaves the
// session open.
func (s *Session) refuseToken(r Request, err *apierror.Error) {
	s.registry.options.Metrics.Refused(err.Reason())
	s.Send(s.encoding().Failure(r, err, false))
}
