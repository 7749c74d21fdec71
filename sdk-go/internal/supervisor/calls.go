package supervisor

import (
	"context"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/name"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/outbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// frameReserve is how many bytes of a frame are not payload, tenant or channel,
// at most.
const frameReserve = 64

// Publish checks a message and queues it; see outbox.Publish for the ticket.
func (v *Supervisor) Publish(ctx context.Context, message *wire.Outgoing, ack bool) (*outbox.Ticket, error) {
	if ctx.Err() != nil {
		return nil, fault.FromContext(ctx, "the caller had given up already; the message was not sent")
	}
	if err := v.check(message); err != nil {
		return nil, err
	}
	return v.outbox.Publish(ctx, message, ack)
}

// check refuses what the server would refuse (SDK-16).
func (v *Supervisor) check(message *wire.Outgoing) (err error) {
	limits := v.limits.Load()
	if message.Tenant, err = name.Tenant(message.Tenant, limits.Tenant); err != nil {
		return err
	}
	if err := name.Channel(message.Channel, limits.Channel); err != nil {
		return err
	}
	largest := min(limits.Payload, limits.Frame-frameReserve-len(message.Tenant)-len(message.Channel))
	if len(message.Payload) > largest {
		return fault.Newf(fault.PayloadTooLarge, "the payload has %d bytes; at most %d are accepted", len(message.Payload), largest)
	}
	if _, known := fastpubsubv1.DeliveryMode_name[int32(message.Mode)]; !known {
		return fault.Newf(fault.RequestInvalid, "there is no delivery mode %d", message.Mode)
	}
	return nil
}

// Await waits for a publish. When ctx ends first, a message that has not been
// sent never will be, and the error says which it was.
func (v *Supervisor) Await(ctx context.Context, ticket *outbox.Ticket) error {
	select {
	case <-ticket.Done():
		return ticket.Err()
	case <-ctx.Done():
	}
	v.outbox.Withdraw(ticket, fault.FromContext(ctx, "the message was not sent"))
	select {
	case <-ticket.Done():
		return ticket.Err()
	default:
		return fault.FromContext(ctx, "the message was sent but not acknowledged in time; it may have been delivered")
	}
}

// Ping waits until the server has handled everything that was called before, and
// gives the round-trip time.
func (v *Supervisor) Ping(ctx context.Context) (time.Duration, error) {
	if err := v.outbox.Ping().Wait(ctx, "the server has not answered the ping in time"); err != nil {
		return 0, err
	}
	return v.RTT(), nil
}
