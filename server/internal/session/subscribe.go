package session

import (
	"context"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
)

// Subscribe starts a subscription and queues the answer. Something that is
// subscribed to already succeeds.
func (s *Session) Subscribe(ctx context.Context, r Request) {
	if s.ended.Load() {
		return
	}
	match, err := s.subscribe(ctx, r)
	if err != nil {
		s.Refuse(r, apierror.From(err))
		return
	}
	s.succeed(Success{Requests: []Request{r}, Handle: match.Handle})
}

func (s *Session) subscribe(ctx context.Context, r Request) (hub.Match, error) {
	tenant, pattern, err := s.registry.names(r)
	if err != nil {
		return hub.Match{}, err
	}
	if !s.admission.Load().Rights.MaySubscribe(tenant, pattern) {
		return hub.Match{}, subscribeDenied(tenant, pattern.String())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.detached {
		return hub.Match{}, nil
	}
	if at := s.find(subscriptionKey{tenant, pattern.String()}); at >= 0 {
		return s.subscriptions[at].match, nil
	}
	if most := s.registry.options.Limits.Subscriptions; most > 0 && len(s.subscriptions) >= most {
		return hub.Match{}, apierror.Newf(apierror.TooManySubscriptions,
			"the connection holds %d subscriptions, which is the most it may; end some, use a wildcard, or open another connection", most)
	}
	match, err := s.registry.options.Hub.Subscribe(ctx, s.subscriber, tenant, pattern)
	if err != nil {
		return hub.Match{}, err
	}
	s.keep(subscription{tenant, pattern, match})
	s.registry.options.Metrics.Subscriptions.Inc()
	return match, nil
}

// Unsubscribe ends a subscription and queues the answer. Something that is not
// subscribed to succeeds, too.
func (s *Session) Unsubscribe(_ context.Context, r Request) {
	if s.ended.Load() {
		return
	}
	tenant, pattern, err := s.registry.names(r)
	if err != nil {
		s.Refuse(r, apierror.From(err))
		return
	}
	s.mu.Lock()
	if at := s.find(subscriptionKey{tenant, pattern.String()}); at >= 0 {
		s.drop(at)
	}
	s.mu.Unlock()
	s.succeed(Success{Requests: []Request{r}})
}

// drop ends the subscription at a place. The session is locked.
func (s *Session) drop(at int) {
	sub := s.subscriptions[at]
	s.forget(at)
	s.registry.options.Hub.Unsubscribe(s.subscriber, sub.tenant, sub.pattern)
	s.registry.options.Metrics.Subscriptions.Dec()
}

// endForbidden ends the subscriptions that a new token does not allow, and tells
// the client.
func (s *Session) endForbidden(a *admission.Admission) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for at := len(s.subscriptions) - 1; at >= 0; at-- { // what takes a dropped one's place has been looked at
		sub := s.subscriptions[at]
		if !a.Rights.MaySubscribe(sub.tenant, sub.pattern) {
			s.drop(at)
			s.Send(s.encoding().SubscriptionEnded(sub.tenant, sub.match, subscribeDenied(sub.tenant, sub.pattern.String())))
		}
	}
}

// names are the tenant and the pattern of a request, checked.
func (r *Registry) names(request Request) (string, channel.Pattern, error) {
	tenant, err := r.tenant(request.Tenant)
	if err != nil {
		return "", channel.Pattern{}, err
	}
	pattern, err := channel.ParsePattern(request.Name, r.options.Limits.ChannelBytes)
	if err != nil {
		return "", channel.Pattern{}, apierror.New(apierror.PatternInvalid, err.Error())
	}
	return tenant, pattern, nil
}

func (r *Registry) tenant(name string) (string, error) {
	tenant := channel.NormalizeTenant(name)
	if err := channel.CheckTenant(tenant, r.options.Limits.TenantBytes); err != nil {
		return "", apierror.New(apierror.TenantInvalid, err.Error())
	}
	return tenant, nil
}

func subscribeDenied(tenant, pattern string) *apierror.Error {
	return apierror.Newf(apierror.SubscribeDenied,
		"the token does not allow to subscribe to everything that pattern %q matches in tenant %q; ask for a token whose allow_channels_sub covers it",
		pattern, tenant)
}
