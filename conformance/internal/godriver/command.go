package godriver

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// prepare does the part of a command that keeps the order of commands, and gives
// the rest. ctx ends when the command is given up.
func (d *Driver) prepare(ctx context.Context, frame *conformancev1.RunnerFrame) func() *conformancev1.Result {
	switch c := frame.GetCommand().(type) {
	case *conformancev1.RunnerFrame_Open:
		return d.open(ctx, c.Open)
	case *conformancev1.RunnerFrame_Close:
		return d.close(ctx, c.Close)
	case *conformancev1.RunnerFrame_Subscribe:
		return d.withClient(ctx, c.Subscribe.GetClient(), func(cl *client) *conformancev1.Result { return d.subscribe(ctx, cl, c.Subscribe) })
	case *conformancev1.RunnerFrame_Unsubscribe:
		return d.withSubscription(c.Unsubscribe.GetSubscription(), func(s *subscription) *conformancev1.Result {
			return outcome(s.inner.Unsubscribe(ctx))
		})
	case *conformancev1.RunnerFrame_Publish:
		return d.publish(ctx, c.Publish)
	case *conformancev1.RunnerFrame_PublishBurst:
		return d.withClient(ctx, c.PublishBurst.GetClient(), func(cl *client) *conformancev1.Result { return burst(ctx, cl, c.PublishBurst) })
	case *conformancev1.RunnerFrame_Consume:
		return d.withSubscription(c.Consume.GetSubscription(), func(s *subscription) *conformancev1.Result {
			s.pause(c.Consume.GetPaused())
			return succeeded()
		})
	case *conformancev1.RunnerFrame_SupplyToken:
		return d.supply(c.SupplyToken)
	case *conformancev1.RunnerFrame_Inspect:
		return d.withClient(ctx, c.Inspect.GetClient(), inspect)
	case *conformancev1.RunnerFrame_Token:
		return func() *conformancev1.Result { return callTokenClient(ctx, c.Token) }
	case *conformancev1.RunnerFrame_CloseAll:
		return d.reset // closes what the commands before it have opened
	case *conformancev1.RunnerFrame_Cancel:
		d.giveUp(c.Cancel.GetCommandId())
		return succeeded
	case *conformancev1.RunnerFrame_Drop:
		return d.drop(c.Drop)
	default:
		return func() *conformancev1.Result { return unsupported(fmt.Sprintf("%T", c)) }
	}
}

// withClient calls something with a client once it has connected. The command may
// be given up until then.
func (d *Driver) withClient(ctx context.Context, id uint64, call func(*client) *conformancev1.Result) func() *conformancev1.Result {
	cl := d.client(id)
	if cl == nil {
		return noClient(id)
	}
	return func() *conformancev1.Result {
		switch {
		case !cl.awaitUnless(ctx):
			return canceled()
		case cl.inner == nil:
			return noClient(id)()
		}
		return call(cl)
	}
}

func (d *Driver) withSubscription(id uint64, call func(*subscription) *conformancev1.Result) func() *conformancev1.Result {
	d.mu.Lock()
	s := d.subscriptions[id]
	d.mu.Unlock()
	return func() *conformancev1.Result {
		if s == nil {
			return faulty(fmt.Sprintf("there is no subscription %d", id))
		}
		return call(s)
	}
}

// publish starts the publish at once, or as soon as the client has connected, so
// that publishes keep the order of their commands.
func (d *Driver) publish(givenUp context.Context, c *conformancev1.PublishCommand) func() *conformancev1.Result {
	cl := d.client(c.GetClient())
	if cl == nil {
		return noClient(c.GetClient())
	}
	ctx, cancel := limited(givenUp, c.GetTimeout())
	options := publishOptions(c.GetUnacknowledged(), fastpubsub.DeliveryMode(c.GetDeliveryMode()))
	started := make(chan *fastpubsub.PublishResult, 1)
	cl.inOrder(func() {
		if cl.inner == nil {
			close(started)
			return
		}
		started <- cl.inner.PublishAsync(ctx, c.GetTenant(), c.GetChannel(), c.GetPayload(), options...)
	})
	return func() *conformancev1.Result {
		defer cancel()
		if !cl.awaitUnless(givenUp) {
			return canceled()
		}
		published := <-started
		if published == nil {
			return noClient(c.GetClient())()
		}
		return outcome(published.Wait(ctx))
	}
}

func noClient(id uint64) func() *conformancev1.Result {
	return func() *conformancev1.Result { return faulty(fmt.Sprintf("there is no client %d", id)) }
}

func publishOptions(unacknowledged bool, mode fastpubsub.DeliveryMode) []fastpubsub.PublishOption {
	options := []fastpubsub.PublishOption{}
	if mode != 0 {
		options = append(options, fastpubsub.WithDelivery(mode))
	}
	if unacknowledged {
		options = append(options, fastpubsub.WithoutAck())
	}
	return options
}

func burst(ctx context.Context, cl *client, c *conformancev1.PublishBurstCommand) *conformancev1.Result {
	results := make([]*fastpubsub.PublishResult, c.GetCount())
	options := publishOptions(c.GetUnacknowledged(), 0)
	for i := range results {
		payload := make([]byte, max(8, c.GetPayloadBytes()))
		binary.BigEndian.PutUint64(payload, c.GetFirst()+uint64(i))
		results[i] = cl.inner.PublishAsync(ctx, c.GetTenant(), c.GetChannel(), payload, options...)
	}
	var first error
	for _, result := range results {
		if err := result.Wait(ctx); err != nil && first == nil {
			first = err
		}
	}
	return outcome(first)
}

// limited is a context that ends after the timeout, too, if there is one.
func limited(ctx context.Context, timeout *durationpb.Duration) (context.Context, context.CancelFunc) {
	if timeout == nil {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, timeout.AsDuration())
}

func inspect(cl *client) *conformancev1.Result {
	inspection := &conformancev1.Inspection{
		State:     stateOf(cl.inner.Status().State),
		DebugText: debugText(cl.inner) + debugText(cl.options),
	}
	if rtt := cl.inner.RTT(); rtt > 0 {
		inspection.RoundTripTime = durationpb.New(rtt)
	}
	return withValue(&conformancev1.Success{Value: &conformancev1.Success_Inspection{Inspection: inspection}})
}

// debugText is everything that printing something for debugging gives.
func debugText(printed any) string { return fmt.Sprintf("%v %+v %#v\n", printed, printed, printed) }

// reset closes everything and counts what still runs.
func (d *Driver) reset() *conformancev1.Result {
	d.closeAll()
	leaked, detail := leaks(2 * time.Second)
	answer := &conformancev1.CloseAllAnswer{Leaked: uint32(leaked), Detail: detail} //nolint:gosec // a small count
	return withValue(&conformancev1.Success{Value: &conformancev1.Success_CloseAll{CloseAll: answer}})
}

func (d *Driver) closeAll() {
	d.mu.Lock()
	clients := d.clients
	d.clients, d.subscriptions = map[uint64]*client{}, map[uint64]*subscription{}
	d.mu.Unlock()
	for _, cl := range clients {
		cl.abandon()
	}
}
