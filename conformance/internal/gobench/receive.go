package gobench

import (
	"context"
	"errors"
	"fmt"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// bufferMessages and bufferBytes are the subscription's buffer: more than can be on
// the way.
const (
	bufferMessages = 1 << 20
	bufferBytes    = 1 << 30
)

// receive takes messages as fast as they come.
func receive(ctx context.Context, w *workload) error {
	client, ctx, fail, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer fail(nil)
	subscription, err := client.Subscribe(ctx, w.tenant, w.channel, fastpubsub.WithBuffer(bufferMessages, bufferBytes))
	if err != nil {
		return err
	}
	if err := say(w.out, ready{"ready"}); err != nil {
		return err
	}
	result, err := take(ctx, w, subscription)
	if err != nil {
		return why(ctx, err)
	}
	return errors.Join(say(w.out, result), client.Close(ctx))
}

func take(ctx context.Context, w *workload, subscription *fastpubsub.Subscription) (result rate, err error) {
	var begin meter
	next := 0
	for message, err := range subscription.Messages(ctx) {
		if err == nil {
			err = expect(next, message.Payload)
		}
		if err == nil && next == w.warmUp {
			begin, err = readMeter()
		}
		if err != nil {
			return rate{}, err
		}
		if next++; next == w.warmUp+w.messages {
			end, err := readMeter()
			return end.since(&begin, w.messages), err
		}
	}
	return rate{}, fmt.Errorf("the subscription ended after %d messages", next)
}
