package session

import (
	"time"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
)

// succeed completes the commands that one Success answers.
func (s *Session) succeed(success *fastpubsubv1.Success) {
	var published []*receipt.Receipt
	var done []command
	s.mu.Lock()
	for _, id := range success.GetRequestIds() {
		if r, found := s.publishes[id]; found {
			delete(s.publishes, id)
			published = append(published, r)
		} else if c, found := s.commands[id]; found {
			delete(s.commands, id)
			done = append(done, c)
		}
	}
	s.mu.Unlock()
	for _, r := range published {
		r.Complete(nil)
	}
	s.config.Outbox.Release(len(published))
	for _, c := range done {
		s.commandSucceeded(c, success)
	}
}

func (s *Session) commandSucceeded(c command, success *fastpubsubv1.Success) {
	switch c.kind {
	case subscribe, resubscribe:
		s.feed.Bind(success.GetPatternHandle(), c.telling.Route)
		s.ledger.Acknowledged(c.telling)
	case unsubscribe:
		s.feed.Unbind(c.route)
	case authenticate:
		s.expiry.Store(unixNanos(success.GetTokenExpiresAt()))
	case ping:
		s.rtt.Store(max(1, int64(time.Since(c.sentAt))))
	case retire: // nothing comes for the route any more; it stays bound until the end
	}
	c.receipt.Complete(nil)
}

// fail completes the command that a Failure answers, or reports a refusal that
// nobody waits for, or keeps why the session is about to end.
func (s *Session) fail(failure *fastpubsubv1.Failure) {
	refusal := fault.FromFailure(failure)
	if failure.GetClosesSession() {
		s.willEnd(refusal)
	}
	id := failure.GetRequestId()
	s.mu.Lock()
	published, isPublish := s.publishes[id]
	c, isCommand := s.commands[id]
	delete(s.publishes, id)
	delete(s.commands, id)
	s.mu.Unlock()
	switch {
	case isPublish:
		published.Complete(refusal)
		s.config.Outbox.Release(1)
	case isCommand:
		s.commandFailed(c, refusal)
	case !failure.GetClosesSession():
		s.config.Report(refusal)
	}
}

func (s *Session) commandFailed(c command, refusal *fault.Fault) {
	switch {
	case c.kind == subscribe, c.kind == resubscribe && refusal.Retry != fault.RetryYes:
		s.ledger.Refused(c.telling, refusal)
	case c.kind == unsubscribe:
		s.feed.Unbind(c.route)
	}
	c.receipt.Complete(refusal)
}
