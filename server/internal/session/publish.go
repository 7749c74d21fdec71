package session

import (
	"context"

	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
)

// publishing is what a session remembers between publishes.
type publishing struct {
	// tenant and channel are the last that were checked and allowed, as the
	// client sent them; checked is the tenant's name.
	tenant, channel, checked string
	known                    bool
}

// Publish publishes messages, in order, each accepted or refused by itself, and
// queues one answer for all that succeeded and wanted one. The payloads belong
// to the caller again once it has returned.
func (s *Session) Publish(ctx context.Context, batch []Publication) {
	if s.ended.Load() {
		return
	}
	r := newRun(len(batch))
	for i := range batch {
		s.publish(ctx, r, &batch[i])
	}
	s.flush(ctx, r)
	if len(r.acknowledged) > 0 {
		s.succeed(Success{Requests: r.acknowledged})
	}
	r.release()
}

func (s *Session) publish(ctx context.Context, r *run, publication *Publication) {
	tenant, err := s.allowed(publication)
	if err != nil {
		s.flush(ctx, r)
		s.Refuse(publication.Request, apierror.From(err))
		return
	}
	if !r.takes(tenant, publication) {
		s.flush(ctx, r)
	}
	r.add(tenant, publication)
}

// flush publishes the run.
func (s *Session) flush(ctx context.Context, run *run) {
	if len(run.messages) == 0 {
		return
	}
	n, err := s.registry.publishRun(ctx, run.messages)
	for i, request := range run.requests {
		switch {
		case i >= n:
			s.Refuse(*request, apierror.From(err))
		case request.Ack:
			run.acknowledged = append(run.acknowledged, *request)
		}
	}
	run.clear()
}

// allowed checks a publication and says what its tenant is.
func (s *Session) allowed(publication *Publication) (string, error) {
	if s.limiter != nil && !s.limiter.Allow() {
		return "", apierror.Newf(apierror.RateLimited,
			"the connection publishes more than %d messages per second; slow down", s.registry.options.Limits.PublishesPerSecond)
	}
	if err := s.registry.checkPayload(publication.Payload); err != nil {
		return "", err
	}
	p, r := &s.publishing, &publication.Request
	if p.known && r.Name == p.channel && r.Tenant == p.tenant {
		return p.checked, nil
	}
	tenant, err := s.registry.mayPublish(s.admission.Load(), r)
	if err == nil {
		p.tenant, p.channel, p.checked, p.known = r.Tenant, r.Name, tenant, true
	}
	return tenant, err
}

func (r *Registry) mayPublish(a *admission.Admission, request *Request) (string, error) {
	tenant, err := r.tenant(request.Tenant)
	if err != nil {
		return "", err
	}
	if err := channel.CheckChannel(request.Name, r.options.Limits.ChannelBytes); err != nil {
		return "", apierror.New(apierror.ChannelInvalid, err.Error())
	}
	if !a.Rights.MayPublish(tenant, request.Name) {
		return "", apierror.Newf(apierror.PublishDenied,
			"the token does not allow to publish to channel %q in tenant %q; ask for a token whose allow_channels_pub covers it",
			request.Name, tenant)
	}
	return tenant, nil
}

func (r *Registry) checkPayload(payload []byte) error {
	if most := r.options.Limits.PayloadBytes; len(payload) > most {
		return apierror.Newf(apierror.PayloadTooLarge,
			"the payload has %d bytes, the limit is %d; send less, or split it", len(payload), most)
	}
	return nil
}

// publishRun publishes messages of which only broadcasts may be several, and
// says how many were accepted.
func (r *Registry) publishRun(ctx context.Context, messages []*hub.Message) (accepted int, err error) {
	if len(messages) > 1 {
		accepted, err = r.options.Hub.PublishAll(ctx, messages)
	} else if err = r.options.Hub.Publish(ctx, messages[0]); err == nil {
		accepted = 1
	}
	r.countPublished(messages[:accepted])
	return accepted, err
}

func (r *Registry) countPublished(messages []*hub.Message) {
	if len(messages) == 0 {
		return
	}
	bytes := 0
	for _, m := range messages {
		bytes += len(m.Payload)
	}
	metrics := r.options.Metrics
	metrics.ReceivedBytes.Add(float64(bytes))
	switch messages[0].Mode {
	case hub.OneLowLatency:
		metrics.Published.OneLowLatency.Inc()
	case hub.OneRandom:
		metrics.Published.OneRandom.Inc()
	default:
		metrics.Published.Broadcast.Add(float64(len(messages)))
	}
}

// Publish publishes one message without a session.
func (r *Registry) Publish(ctx context.Context, a *admission.Admission, publication Publication) (hub.MessageID, error) {
	m := &hub.Message{Channel: publication.Request.Name, Payload: publication.Payload, Mode: publication.Mode}
	err := r.checkPayload(m.Payload)
	if err == nil {
		m.Tenant, err = r.mayPublish(a, &publication.Request)
	}
	if err == nil {
		_, err = r.publishRun(ctx, []*hub.Message{m})
	}
	if err != nil {
		r.options.Metrics.Refused(apierror.ReasonOf(err))
	}
	return m.ID, err
}
