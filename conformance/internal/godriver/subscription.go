package godriver

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/protobuf/types/known/timestamppb"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// subscription is a subscription and the loop that takes its messages.
type subscription struct {
	id    uint64
	inner *fastpubsub.Subscription

	mu     sync.Mutex
	paused chan struct{} // closed when it goes on; nil: not paused
}

func (d *Driver) subscribe(ctx context.Context, cl *client, c *conformancev1.SubscribeCommand) *conformancev1.Result {
	var options []fastpubsub.SubscribeOption
	if c.BufferMessages != nil {
		options = append(options, fastpubsub.WithBuffer(int(c.GetBufferMessages()), 8<<20))
	}
	inner, err := cl.inner.Subscribe(ctx, c.GetTenant(), c.GetPattern(), options...)
	if err != nil {
		return outcome(err)
	}
	s := &subscription{id: c.GetSubscription(), inner: inner}
	s.pause(c.GetPaused())
	d.mu.Lock()
	d.subscriptions[s.id] = s
	d.mu.Unlock()
	d.running.Go(func() { d.consume(s) })
	return succeeded()
}

func (s *subscription) pause(paused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case paused && s.paused == nil:
		s.paused = make(chan struct{})
	case !paused && s.paused != nil:
		close(s.paused)
		s.paused = nil
	}
}

// ready waits while the subscription is paused; false: the driver ends.
func (s *subscription) ready(done <-chan struct{}) bool {
	for {
		s.mu.Lock()
		paused := s.paused
		s.mu.Unlock()
		if paused == nil {
			return true
		}
		select {
		case <-paused:
		case <-done:
			return false
		}
	}
}

// consume takes the messages as applications do, in the language's own loop. A
// pause holds it up before it asks for the next one.
func (d *Driver) consume(s *subscription) {
	defer s.inner.Close()
	if !s.ready(d.ctx.Done()) {
		return
	}
	for message, err := range s.inner.Messages(d.ctx) {
		var lagged *fastpubsub.LaggedError
		switch {
		case err == nil:
			d.report(received(s.id, message))
		case errors.As(err, &lagged):
			d.report(&conformancev1.Event{Event: &conformancev1.Event_Lagged{
				Lagged: &conformancev1.Lagged{Subscription: s.id, Messages: lagged.Missed},
			}})
		default:
			d.ended(s, err)
			return
		}
		if !s.ready(d.ctx.Done()) {
			return
		}
	}
	d.ended(s, nil)
}

// ended reports the end of a subscription, unless it is the driver's; nil: the
// application has ended it.
func (d *Driver) ended(s *subscription, err error) {
	if d.ctx.Err() != nil {
		return
	}
	end := &conformancev1.SubscriptionEnded{Subscription: s.id}
	if err != nil {
		end.Error = reported(err)
	}
	d.report(&conformancev1.Event{Event: &conformancev1.Event_SubscriptionEnded{SubscriptionEnded: end}})
}

func received(subscription uint64, m fastpubsub.Message) *conformancev1.Event {
	return &conformancev1.Event{Event: &conformancev1.Event_Message{Message: &conformancev1.MessageReceived{
		Subscription: subscription, Tenant: m.Tenant, Channel: m.Channel, Payload: m.Payload,
		MessageId:   &fastpubsubv1.MessageId{Origin: m.ID.Origin, Sequence: m.ID.Sequence},
		PublishedAt: timestamppb.New(m.PublishedAt),
	}}}
}
