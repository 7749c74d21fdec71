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
	key := subscriptionKey{tenant, pattern.String()}
	if existing, ok := s.subscriptions[key]; ok || s.detached {
		return existing.match, nil
	}
	if most := s.registry.options.Limits.Subscriptions; most > 0 && len(s.subscriptions) >= most {
		return hub.Match{}, apierror.Newf(apierror.TooManySubscriptions,
			"the connection holds %d subscriptions, which is the most it may; end some, use a wildcard, or open another connection", most)
	}
	match, err := s.registry.options.Hub.Subscribe(ctx, s.subscriber, tenant, pattern)
	if err != nil {
		return hub.Match{}, err
	}
	if s.subscriptions == nil {
		s.subscriptions = map[subscriptionKey]subscription{}
	}
	s.subscriptions[key] = subscription{pattern, match}
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
	s.drop(subscriptionKey{tenant, pattern.String()})
	s.mu.Unlock()
	s.succeed(Success{Requests: []Request{r}})
}

// drop ends a subscription if there is one. The session is locked.
func (s *Session) drop(key subscriptionKey) {
	sub, ok := s.subscriptions[key]
	if !ok {
		return
	}
	delete(s.subscriptions, key)
	s.registry.options.Hub.Unsubscribe(s.subscriber, key.tenant, sub.pattern)
	s.registry.options.Metrics.Subscriptions.Dec()
}

// endForbidden ends the subscriptions that a new token does not allow, and tells
// the client.
func (s *Session) endForbidden(a *admission.Admission) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, sub := range s.subscriptions {
		if !a.Rights.MaySubscribe(key.tenant, sub.pattern) {
			s.drop(key)
			s.Send(s.encoding().SubscriptionEnded(key.tenant, sub.match, subscribeDenied(key.tenant, key.pattern)))
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
