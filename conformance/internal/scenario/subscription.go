package scenario

import (
	"encoding/binary"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// Subscription is a subscription in the driver.
type Subscription struct {
	s  *S
	id uint64
}

// Subscribe subscribes, which must succeed.
func (c *Client) Subscribe(tenant, pattern string) *Subscription {
	sub, subscribing := c.StartSubscribe(tenant, pattern, 0, false)
	subscribing.Succeeds()
	return sub
}

// StartSubscribe begins to subscribe. buffer is how many messages the
// subscription holds; 0: the default.
func (c *Client) StartSubscribe(tenant, pattern string, buffer int, paused bool) (*Subscription, *Pending) {
	sub := &Subscription{s: c.s, id: c.s.environment.id()}
	command := &conformancev1.SubscribeCommand{Client: c.id, Subscription: sub.id, Tenant: tenant, Pattern: pattern, Paused: paused}
	if buffer > 0 {
		messages := uint32(buffer) //nolint:gosec // a small number
		command.BufferMessages = &messages
	}
	return sub, c.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Subscribe{Subscribe: command}})
}

// Refused tries to subscribe, which must fail with the reason.
func (c *Client) Refused(tenant, pattern, reason string) *conformancev1.SdkError {
	_, subscribing := c.StartSubscribe(tenant, pattern, 0, false)
	return subscribing.Fails(reason)
}

// Unsubscribe ends the subscription, which must succeed.
func (sub *Subscription) Unsubscribe() { sub.StartUnsubscribe().Succeeds() }

// StartUnsubscribe begins to end the subscription.
func (sub *Subscription) StartUnsubscribe() *Pending {
	return sub.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Unsubscribe{
		Unsubscribe: &conformancev1.UnsubscribeCommand{Subscription: sub.id},
	}})
}

// Pause stops to take messages; Resume goes on.
func (sub *Subscription) Pause() { sub.consume(true) }

// Resume takes messages again.
func (sub *Subscription) Resume() { sub.consume(false) }

func (sub *Subscription) consume(paused bool) {
	sub.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Consume{
		Consume: &conformancev1.ConsumeCommand{Subscription: sub.id, Paused: paused},
	}}).Succeeds()
}

// next takes the next event of the subscription.
func (sub *Subscription) next(expected string) *conformancev1.Event {
	event := sub.s.routes.next(stream{ofSubscription, sub.id})
	if event == nil {
		sub.s.Failf("subscription %d: expected %s, nothing came", sub.id, expected)
	}
	return event
}

// NextMessage takes the next event, which must be a message.
func (sub *Subscription) NextMessage(expected string) *conformancev1.MessageReceived {
	event := sub.next(expected)
	if event.GetMessage() == nil {
		sub.s.Failf("subscription %d: expected %s, got %s", sub.id, expected, text(event))
	}
	return event.GetMessage()
}

// Expect takes the next event, which must be a message with the payload.
func (sub *Subscription) Expect(payload string) *conformancev1.MessageReceived {
	message := sub.NextMessage("the message " + payload)
	sub.s.Equal("payload", payload, string(message.GetPayload()))
	return message
}

// ExpectNumbers takes count messages, which must be numbered from first on,
// without a gap and without a repetition.
func (sub *Subscription) ExpectNumbers(first uint64, count int) {
	for i := range uint64(count) { //nolint:gosec // never negative
		sub.s.Equal("number of the message", first+i, Number(sub.NextMessage("a numbered message")))
	}
}

// Number is the number of a message of a burst.
func Number(m *conformancev1.MessageReceived) uint64 {
	if len(m.GetPayload()) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(m.GetPayload())
}

// NextIsLag says whether the next event is a lag, and of how many; otherwise it
// is a message, and its number is given.
func (sub *Subscription) NextIsLag() (lag bool, number uint64) {
	event := sub.next("a message or a lag")
	switch {
	case event.GetLagged() != nil:
		return true, event.GetLagged().GetMessages()
	case event.GetMessage() != nil:
		return false, Number(event.GetMessage())
	default:
		sub.s.Failf("subscription %d: expected a message or a lag, got %s", sub.id, text(event))
		return false, 0
	}
}

// ExpectEnd takes the next event, which must be the end of the subscription with
// the reason; "" is an end that the application chose.
func (sub *Subscription) ExpectEnd(reason string) {
	event := sub.next("the end")
	if event.GetSubscriptionEnded() == nil {
		sub.s.Failf("subscription %d: expected its end, got %s", sub.id, text(event))
	}
	end := event.GetSubscriptionEnded().GetError()
	if end != nil {
		sub.s.checkError(end)
	}
	sub.s.Equal("reason of the end", reason, end.GetReason())
}

// Ignore says that it does not matter what else the subscription yields.
func (sub *Subscription) Ignore() { sub.s.routes.ignore(stream{ofSubscription, sub.id}) }

// ID tells subscriptions apart.
func (sub *Subscription) ID() uint64 { return sub.id }
