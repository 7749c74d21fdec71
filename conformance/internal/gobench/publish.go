package gobench

import (
	"context"
	"encoding/binary"
	"errors"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// publish publishes with acknowledgements, many in flight.
func publish(ctx context.Context, w *workload) error {
	client, ctx, fail, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer fail(nil)
	flight := newFlight(w.inFlight)
	go flight.publishAll(ctx, w, client)
	result, err := flight.land(ctx, w)
	if err != nil {
		return why(ctx, err)
	}
	return errors.Join(say(w.out, result), client.Close(ctx))
}

// flight is the publishes that wait for their acknowledgement.
type flight struct {
	room    chan struct{} // has an element for each of them
	results chan *fastpubsub.PublishResult
}

func newFlight(most int) *flight {
	return &flight{room: make(chan struct{}, most), results: make(chan *fastpubsub.PublishResult, most)}
}

// publishAll starts every publish, in order, as soon as there is room.
func (f *flight) publishAll(ctx context.Context, w *workload, client *fastpubsub.Client) {
	payload := make([]byte, w.payloadBytes)
	for i := range w.warmUp + w.messages {
		select {
		case f.room <- struct{}{}:
		case <-ctx.Done():
			return
		}
		binary.BigEndian.PutUint64(payload, uint64(i))
		f.results <- client.PublishAsync(ctx, w.tenant, w.channel, payload)
	}
}

// land waits for every acknowledgement, in order.
func (f *flight) land(ctx context.Context, w *workload) (rate, error) {
	begin, err := readMeter()
	for i := range w.warmUp + w.messages {
		if err == nil && i == w.warmUp {
			begin, err = readMeter()
		}
		if err != nil {
			return rate{}, err
		}
		select {
		case result := <-f.results:
			err = result.Wait(ctx)
			<-f.room
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil {
		return rate{}, err
	}
	end, err := readMeter()
	return end.since(&begin, w.messages), err
}
