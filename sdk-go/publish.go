package fastpubsub

import (
	"context"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/outbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/supervisor"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// DeliveryMode says to whom a message goes.
type DeliveryMode int

// The delivery modes.
const (
	// DeliverBroadcast: to every client with a matching subscription.
	DeliverBroadcast DeliveryMode = iota + 1
	// DeliverOneLowLatency: to exactly one of them, close to the publisher if
	// there is one.
	DeliverOneLowLatency
	// DeliverOneRandom: to exactly one of them, chosen at random.
	DeliverOneRandom
)

// PublishOption is an option of [Client.Publish] and [Client.PublishAsync].
type PublishOption func(*publication)

type publication struct {
	mode DeliveryMode
	ack  bool
}

// WithDelivery chooses to whom the message goes. Default: [DeliverBroadcast].
func WithDelivery(mode DeliveryMode) PublishOption {
	return func(p *publication) { p.mode = mode }
}

// WithoutAck publishes without an acknowledgement: the call completes when the
// message has been handed to the connection. A later refusal reaches the handler
// of [WithErrorHandler].
func WithoutAck() PublishOption {
	return func(p *publication) { p.ack = false }
}

// Publish publishes a message and returns when the server has acknowledged it:
// then it is queued for every matching subscriber of that node and handed to the
// other nodes. An empty tenant means "~". The payload may be reused afterwards.
//
// While there is no connection Publish waits for one, until ctx ends, or fails
// with [ReasonBufferFull] when too much is waiting already. When the connection
// breaks before the acknowledgement, Publish fails with [ReasonConnectionLost]:
// whether the message was delivered is then unknown. Publishes of one goroutine
// keep their order.
func (c *Client) Publish(ctx context.Context, tenant, channel string, payload []byte, options ...PublishOption) error {
	ticket, err := c.enqueue(ctx, tenant, channel, payload, options)
	if err == nil && ticket != nil {
		err = c.core.Await(ctx, ticket)
	}
	return publicError(err)
}

// PublishAsync is Publish without the waiting: many messages may be in flight,
// and share frames. It waits only for room in the buffer, when more is published
// than the connection takes. The payload may be reused when it returns. If ctx
// has a deadline, a message that could not be sent until then fails; otherwise
// ctx does not matter after PublishAsync has returned.
func (c *Client) PublishAsync(ctx context.Context, tenant, channel string, payload []byte, options ...PublishOption) *PublishResult {
	ticket, err := c.enqueue(ctx, tenant, channel, payload, options)
	return &PublishResult{core: c.core, ticket: ticket, err: publicError(err)}
}

func (c *Client) enqueue(ctx context.Context, tenant, channel string, payload []byte, options []PublishOption) (*outbox.Ticket, error) {
	p := publication{mode: DeliverBroadcast, ack: true}
	for _, option := range options {
		option(&p)
	}
	return c.core.Publish(ctx, &wire.Outgoing{
		Tenant: tenant, Channel: channel, Payload: payload, Mode: p.wireMode(),
	}, p.ack)
}

// wireMode is the mode on the wire, where the default is left away. The numbers
// are those of the contract.
func (p publication) wireMode() fastpubsubv1.DeliveryMode {
	if p.mode == DeliverBroadcast {
		return fastpubsubv1.DeliveryMode_DELIVERY_MODE_UNSPECIFIED
	}
	return fastpubsubv1.DeliveryMode(p.mode) //nolint:gosec // checked by the core
}

// PublishResult is the outcome of [Client.PublishAsync]. All methods may be
// called concurrently.
type PublishResult struct {
	core   *supervisor.Supervisor
	ticket *outbox.Ticket // nil: complete
	err    error          // when there is no ticket
}

// complete is what Done is when there never was anything to wait for.
var complete = func() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}()

// Done is closed when the outcome is known.
func (r PublishResult) Done() <-chan struct{} {
	if r.ticket == nil {
		return complete
	}
	return r.ticket.Done()
}

// String says whether the outcome is known, for people.
func (r PublishResult) String() string {
	select {
	case <-r.Done():
		return "fastpubsub.PublishResult(done)"
	default:
		return "fastpubsub.PublishResult(in flight)"
	}
}

// Wait waits for the outcome: nil for success. After Done it returns at once. When
// ctx ends first, a message that has not been sent yet never will be.
func (r *PublishResult) Wait(ctx context.Context) error {
	if r.ticket == nil {
		return r.err
	}
	return publicError(r.core.Await(ctx, r.ticket))
}
