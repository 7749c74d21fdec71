package rpc

import (
	"context"
	"log/slog"
	"time"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/admission"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/sessionframe"
)

// PubSub is PubSubService.
type PubSub struct {
	registry *session.Registry
	logger   *slog.Logger
}

// NewPubSub makes the service.
func NewPubSub(r *session.Registry, logger *slog.Logger) *PubSub {
	return &PubSub{registry: r, logger: logger}
}

// Limits are the limits of each session.
func (p *PubSub) Limits() session.Limits { return p.registry.Limits() }

// admittedFor is how long an admission made before the request was read counts:
// a token that is revoked while a request is on its way is found out.
const admittedFor = time.Second

// entrance is an admission that was made before the request was read.
type entrance struct {
	admission *admission.Admission
	at        time.Time
}

type entranceKey struct{}

// Admit admits the caller before a request is read. A call made soon under the
// context that it returns does not do so again.
func (p *PubSub) Admit(ctx context.Context) (context.Context, error) {
	a, err := p.admit(ctx)
	if err != nil {
		return nil, err
	}
	return context.WithValue(ctx, entranceKey{}, entrance{a, time.Now()}), nil
}

func (p *PubSub) admit(ctx context.Context) (*admission.Admission, error) {
	if e, ok := ctx.Value(entranceKey{}).(entrance); ok && time.Since(e.at) < admittedFor {
		return e.admission, nil
	}
	c := callerOf(ctx)
	return p.registry.Admit(ctx, admission.Credentials{Token: c.Bearer, IP: c.Addr, Origin: c.Origin})
}

func peer(ctx context.Context, wire session.Wire) session.Peer {
	c := callerOf(ctx)
	return session.Peer{Addr: c.Addr, Origin: c.Origin, Wire: wire}
}

// Publish publishes one message.
func (p *PubSub) Publish(ctx context.Context, r *fastpubsubv1.PublishRequest) (*fastpubsubv1.PublishResponse, error) {
	a, err := p.admit(ctx)
	if err != nil {
		return nil, err
	}
	mode, ok := sessionframe.Mode(r.GetDeliveryMode())
	if !ok {
		return nil, apierror.Newf(apierror.RequestInvalid,
			"delivery_mode %d is unknown; use 1 (broadcast), 2 (one, low latency) or 3 (one, random)", r.GetDeliveryMode())
	}
	id, err := p.registry.Publish(ctx, a, session.Publication{
		Request: session.Request{Action: session.ActionPublish, Tenant: r.GetTenant(), Name: r.GetChannel(), Ack: true},
		Payload: r.GetPayload(),
		Mode:    mode,
	})
	if err != nil {
		return nil, err
	}
	return &fastpubsubv1.PublishResponse{MessageId: &fastpubsubv1.MessageId{Origin: id.Origin, Sequence: id.Sequence}}, nil
}
