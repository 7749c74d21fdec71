package fastpubsub

import (
	"context"
	"errors"
	"iter"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/inbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/supervisor"
)

// bufferLimits bound the buffer of a subscription.
type bufferLimits = inbox.Limits

// SubscribeOption is an option of [Client.Subscribe].
type SubscribeOption func(*subscribing)

type subscribing struct {
	buffer  bufferLimits
	problem error
}

// WithBuffer bounds the subscription's buffer: when it holds more messages, or
// more bytes of payloads, the oldest go and the reader gets a [*LaggedError].
// Default: what [WithSubscriptionBuffer] says.
func WithBuffer(messages, bytes int) SubscribeOption {
	return func(s *subscribing) {
		s.buffer = bufferLimits{Messages: messages, Bytes: bytes}
		s.problem = positive("WithBuffer", messages, bytes)
	}
}

// Subscription is what matches one pattern. All methods may be called
// concurrently; each message goes to one reader.
type Subscription struct {
	inner *supervisor.Subscription
}

// Subscribe subscribes to everything in a tenant that matches a pattern, and
// returns when the server has acknowledged it: from then on nothing is missed,
// read or not. An empty tenant means "~". Several subscriptions may have the same
// pattern.
//
// The subscription outlives lost connections. It ends with
// [Subscription.Close], [Subscription.Unsubscribe] or [Client.Close], when a loop
// over its messages is left, or when the server does not allow it any more.
func (c *Client) Subscribe(ctx context.Context, tenant, pattern string, options ...SubscribeOption) (*Subscription, error) {
	s := subscribing{buffer: c.buffer}
	for _, option := range options {
		option(&s)
	}
	if s.problem != nil {
		return nil, s.problem
	}
	inner, err := c.core.Subscribe(ctx, tenant, pattern, s.buffer)
	if err != nil {
		return nil, publicError(err)
	}
	return &Subscription{inner: inner}, nil
}

// Tenant is the tenant of the subscription.
func (s *Subscription) Tenant() string { return s.inner.Tenant }

// Pattern is the pattern of the subscription.
func (s *Subscription) Pattern() string { return s.inner.Pattern }

// String is the tenant and the pattern, for people.
func (s Subscription) String() string {
	return "fastpubsub.Subscription(" + s.inner.Tenant + ":" + s.inner.Pattern + ")"
}

// Messages yields the messages, in order. Where some were lost because the loop
// is too slow it yields a [*LaggedError] and goes on; any other error is the last
// pair and says why the subscription ended. After [Subscription.Close],
// [Subscription.Unsubscribe] or [Client.Close] the loop ends without an error.
//
// The loop owns the subscription: leaving it, however, closes the subscription.
// [Subscription.Next] takes single messages.
func (s *Subscription) Messages(ctx context.Context) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		defer s.Close()
		for {
			message, lagged, err := s.next(ctx)
			switch {
			case errors.Is(err, inbox.ErrClosed):
				return
			case err != nil:
				yield(message, publicError(err))
				return
			case lagged != nil:
				if !yield(message, lagged) {
					return
				}
			case !yield(message, nil):
				return
			}
		}
	}
}

// Next waits for the next message. A [*LaggedError] says that messages were lost
// before the next one. [ReasonClosed] says that the application has closed the
// subscription or the client; any other reason but [ReasonTimedOut] and
// [ReasonCanceled], which only say that ctx has ended, says why the subscription
// has.
func (s *Subscription) Next(ctx context.Context) (Message, error) {
	message, lagged, err := s.next(ctx)
	switch {
	case errors.Is(err, inbox.ErrClosed):
		return Message{}, publicError(fault.New(fault.Closed, "the subscription has been closed"))
	case err != nil:
		return Message{}, publicError(err)
	case lagged != nil:
		return Message{}, lagged
	}
	return message, nil
}

func (s *Subscription) next(ctx context.Context) (Message, *LaggedError, error) {
	item, err := s.inner.Inbox.Next(ctx)
	switch {
	case err != nil:
		return Message{}, nil, err
	case item.Lost > 0:
		return Message{}, &LaggedError{Missed: item.Lost, AtServer: item.AtServer}, nil
	}
	return messageOf(&item.Delivery), nil, nil
}

// Close ends the subscription at once. What has been received and not read is
// gone; the server is told in the background. Closing again does nothing.
func (s *Subscription) Close() { s.inner.Close() }

// Unsubscribe ends the subscription in order: it returns when the server has
// acknowledged that nothing more will come. What has been received until then can
// still be read; after that, reading ends as after Close.
func (s *Subscription) Unsubscribe(ctx context.Context) error {
	return publicError(s.inner.Unsubscribe(ctx))
}
