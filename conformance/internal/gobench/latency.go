package gobench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// latency measures how long a message takes from the call that publishes it until
// the application has it, at an even rate.
func latency(ctx context.Context, w *workload) error {
	client, ctx, fail, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer fail(nil)
	subscription, err := client.Subscribe(ctx, w.tenant, w.channel)
	if err != nil {
		return err
	}
	if err := say(w.out, ready{"ready"}); err != nil {
		return err
	}
	epoch := time.Now()
	go func() {
		if err := publishEvenly(ctx, w, client, epoch); err != nil {
			fail(err)
		}
	}()
	samples, err := sample(ctx, w, subscription, epoch)
	if err != nil {
		return why(ctx, err)
	}
	return errors.Join(say(w.out, summary(samples)), client.Close(ctx))
}

// publishEvenly publishes on a schedule of absolute times, so that a late message
// makes no other late.
func publishEvenly(ctx context.Context, w *workload, client *fastpubsub.Client, epoch time.Time) error {
	payload := make([]byte, w.payloadBytes)
	interval := time.Second / time.Duration(w.rate)
	for i := range w.warmUp + w.messages {
		time.Sleep(time.Until(epoch.Add(time.Duration(i) * interval)))
		binary.BigEndian.PutUint64(payload, uint64(i))
		binary.BigEndian.PutUint64(payload[8:], uint64(time.Since(epoch))) //nolint:gosec // after the epoch
		if err := client.Publish(ctx, w.tenant, w.channel, payload, fastpubsub.WithoutAck()); err != nil {
			return err
		}
	}
	return nil
}

func sample(ctx context.Context, w *workload, subscription *fastpubsub.Subscription, epoch time.Time) ([]int64, error) {
	samples := make([]int64, 0, w.messages)
	next := 0
	for message, err := range subscription.Messages(ctx) {
		now := time.Since(epoch)
		if err == nil {
			err = expect(next, message.Payload)
		}
		if err != nil {
			return nil, err
		}
		if next >= w.warmUp {
			samples = append(samples, int64(now)-int64(binary.BigEndian.Uint64(message.Payload[8:]))) //nolint:gosec // a time of this run
		}
		if next++; next == w.warmUp+w.messages {
			return samples, nil
		}
	}
	return nil, fmt.Errorf("the subscription ended after %d messages", next)
}

// summary is the exact quantiles of the samples.
func summary(samples []int64) delays {
	slices.Sort(samples)
	return delays{
		Event: resultEvent, Messages: len(samples),
		P50: quantile(samples, 50), P99: quantile(samples, 99), Max: samples[len(samples)-1],
	}
}

// quantile is the smallest sample that so many percent of all do not exceed.
func quantile(sorted []int64, percent int) int64 {
	return sorted[(len(sorted)*percent+99)/100-1]
}
