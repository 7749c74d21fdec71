package gobench

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// subscribing is how many subscribe calls run at a time.
const subscribing = 256

// subscriptions measures what subscriptions to different channels keep on the
// heap.
func subscriptions(ctx context.Context, w *workload) error {
	client, ctx, fail, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer fail(nil)
	kept := make([]*fastpubsub.Subscription, w.subscriptions)
	before := liveHeap()
	running, calls := errgroup.WithContext(ctx)
	running.SetLimit(subscribing)
	for i := range kept {
		running.Go(func() (err error) {
			kept[i], err = client.Subscribe(calls, w.tenant, fmt.Sprintf("%s.%d", w.channel, i))
			return err
		})
	}
	if err := running.Wait(); err != nil {
		return why(ctx, err)
	}
	used := liveHeap() - before
	runtime.KeepAlive(kept)
	return errors.Join(say(w.out, memory{resultEvent, w.subscriptions, used, "heap"}), client.Close(ctx))
}

// liveHeap is the bytes of what is alive.
func liveHeap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what finalizers and pools let go
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // fits
}
