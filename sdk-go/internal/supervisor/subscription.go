package supervisor

import (
	"context"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/inbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/name"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
)

// Subscription is one local subscription.
type Subscription struct {
	Tenant, Pattern string
	Inbox           *inbox.Inbox

	supervisor *Supervisor
	member     *registry.Member
}

// Subscribe adds a local subscription and waits until the server has acknowledged
// its pattern.
func (v *Supervisor) Subscribe(ctx context.Context, tenant, pattern string, limits inbox.Limits) (*Subscription, error) {
	accepted := v.limits.Load()
	tenant, err := name.Tenant(tenant, accepted.Tenant)
	if err != nil {
		return nil, err
	}
	if err := name.Pattern(pattern, accepted.Channel); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, fault.FromContext(ctx, "the caller had given up already; nothing was subscribed to")
	}
	s := &Subscription{Tenant: tenant, Pattern: pattern, Inbox: inbox.New(limits), supervisor: v}
	if s.member, err = v.registry.Join(tenant, pattern, s.Inbox); err != nil {
		return nil, err
	}
	v.outbox.Sync(s.member.Route(), nil)
	if err := s.member.Ready().Wait(ctx, "the subscription was not acknowledged in time"); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close ends the subscription at once: what is buffered is gone. The server is
// told in the background.
func (s *Subscription) Close() {
	s.Inbox.Close()
	if s.supervisor.registry.Leave(s.member) {
		s.supervisor.outbox.Sync(s.member.Route(), nil)
	}
}

// Unsubscribe ends the subscription in order: it waits until the server has
// acknowledged that nothing more will come. What has come until then can still be
// read.
func (s *Subscription) Unsubscribe(ctx context.Context) error {
	var err error
	if s.supervisor.registry.Depart(s.member) {
		r := receipt.New()
		s.supervisor.outbox.Sync(s.member.Route(), r)
		err = r.Wait(ctx, "the end of the subscription was not acknowledged in time")
	}
	s.supervisor.registry.Leave(s.member)
	s.Inbox.End(inbox.ErrClosed)
	return err
}
