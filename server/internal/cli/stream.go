package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// maxInFlight is how many lines may wait for their acknowledgement at once: more
// than a connection needs to be kept busy. Chosen by us.
const maxInFlight = 1024

// stream publishes messages to one channel, in order.
type stream struct {
	client          *fastpubsub.Client
	tenant, channel string
	timeout         time.Duration
	options         []fastpubsub.PublishOption
}

// publish publishes one message and waits for its outcome.
func (s *stream) publish(ctx context.Context, payload []byte) error {
	waiting, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	err := s.client.Publish(waiting, s.tenant, s.channel, payload, s.options...)
	if err != nil {
		return unlessInterrupted(ctx, err)
	}
	return nil
}

// publishLines publishes each line as it comes and ends with the first that
// fails.
func (s *stream) publishLines(ctx context.Context, input io.Reader) error {
	group, inner := errgroup.WithContext(ctx)
	results := make(chan *fastpubsub.PublishResult, maxInFlight)
	group.Go(func() error {
		defer close(results)
		for line, err := range lines(input, maxPayloadBytes) {
			if err != nil {
				return err
			}
			select {
			case results <- s.client.PublishAsync(inner, s.tenant, s.channel, line, s.options...):
			case <-inner.Done():
				return nil
			}
		}
		return nil
	})
	group.Go(func() error { return s.await(inner, results) })
	if err := group.Wait(); err != nil {
		return unlessInterrupted(ctx, err)
	}
	return nil
}

// await waits for each outcome in turn.
func (s *stream) await(ctx context.Context, results <-chan *fastpubsub.PublishResult) error {
	number := 0
	for result := range results {
		number++
		waiting, cancel := context.WithTimeout(ctx, s.timeout)
		err := result.Wait(waiting)
		cancel()
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	return nil
}
