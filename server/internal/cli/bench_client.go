package cli

import (
	"context"
	"errors"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/server/internal/cli/bench"
)

// benchDialer makes the clients of a benchmark with the SDK.
type benchDialer struct {
	app        *app
	connection *connection
}

// Publisher implements bench.Dialer.
func (d benchDialer) Publisher(ctx context.Context, failed func(error)) (bench.Publisher, error) {
	client, err := d.app.connect(ctx, d.connection, failed)
	if err != nil {
		return nil, err
	}
	return benchPublisher{client, d.connection.tenant}, nil
}

// Subscriber implements bench.Dialer.
func (d benchDialer) Subscriber(ctx context.Context, pattern string) (bench.Subscriber, error) {
	client, err := d.app.connect(ctx, d.connection, func(err error) { d.app.notice("%s", plainError(err)) })
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, d.connection.timeout)
	defer cancel()
	subscription, err := client.Subscribe(waiting, d.connection.tenant, pattern)
	if err != nil {
		return nil, errors.Join(unlessInterrupted(ctx, err), closeSoon(ctx, client))
	}
	return benchSubscriber{client, subscription}, nil
}

type benchPublisher struct {
	client *fastpubsub.Client
	tenant string
}

func (p benchPublisher) Send(ctx context.Context, channel string, payload []byte) error {
	return p.client.Publish(ctx, p.tenant, channel, payload, fastpubsub.WithoutAck())
}

func (p benchPublisher) Publish(ctx context.Context, channel string, payload []byte) error {
	return p.client.Publish(ctx, p.tenant, channel, payload)
}

func (p benchPublisher) Begin(ctx context.Context, channel string, payload []byte) bench.Outcome {
	return p.client.PublishAsync(ctx, p.tenant, channel, payload)
}

func (p benchPublisher) Close(ctx context.Context) { _ = p.client.Close(ctx) } // everything is acknowledged

type benchSubscriber struct {
	client       *fastpubsub.Client
	subscription *fastpubsub.Subscription
}

func (s benchSubscriber) Receive(ctx context.Context) (bench.Message, uint64, error) {
	message, err := s.subscription.Next(ctx)
	var lagged *fastpubsub.LaggedError
	if errors.As(err, &lagged) {
		return bench.Message{}, lagged.Missed, nil
	}
	return bench.Message{Channel: message.Channel, Payload: message.Payload}, 0, err
}

func (s benchSubscriber) Close(ctx context.Context) { _ = s.client.Close(ctx) } // nothing is to be flushed
