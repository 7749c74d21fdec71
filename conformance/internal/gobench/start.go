package gobench

import (
	"context"
	"errors"
)

// start ends when one message has gone all the way.
func start(ctx context.Context, w *workload) error {
	client, ctx, fail, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer fail(nil)
	subscription, err := client.Subscribe(ctx, w.tenant, w.channel)
	if err != nil {
		return err
	}
	if err := client.Publish(ctx, w.tenant, w.channel, make([]byte, w.payloadBytes)); err != nil {
		return why(ctx, err)
	}
	if _, err := subscription.Next(ctx); err != nil {
		return why(ctx, err)
	}
	return errors.Join(say(w.out, ready{resultEvent}), client.Close(ctx))
}
