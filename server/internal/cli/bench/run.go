package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// closeTimeout is how long a client may take to close; nothing is to be flushed
// any more.
const closeTimeout = 2 * time.Second

// run is one run of a plan.
type run struct {
	plan        Plan
	channels    []string
	pattern     string
	window      *window
	reportEvery uint64 // messages; less than the window
	progress    atomic.Uint64
	begin       time.Time
	refused     atomic.Uint64
	publishers  []*publisher
	subscribers []*subscriber
	meter       Meter // nil: the server is not metered
	readings    [moments]Reading
}

// Run runs a plan. When ctx ends it stops and returns the cause. Messages that
// went wrong are no error; the result counts them. The meter, which may be nil, is
// read before there is any load; when it fails after that, there is a result
// without Server beside the error.
func Run(ctx context.Context, plan Plan, dialer Dialer, meter Meter) (*Result, error) {
	r := &run{plan: plan, window: newWindow(plan.Window, plan.Subscribers, plan.Patience), begin: time.Now(), meter: meter}
	r.reportEvery = uint64(max(1, plan.Window/16)) //nolint:gosec // positive
	r.channels, r.pattern = plan.channelsOf()
	defer r.close(ctx)
	if err := r.prepare(ctx, dialer); err != nil {
		return nil, err
	}
	start := r.elapsed()
	failure := r.measure(ctx)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if failure != nil && !errors.Is(failure, errStalled) {
		return nil, failure
	}
	return r.conclude(ctx, start)
}

// prepare connects, and reads the meter before and after.
func (r *run) prepare(ctx context.Context, dialer Dialer) error {
	if err := r.read(ctx, beforeConnecting); err != nil {
		return err
	}
	if err := r.connect(ctx, dialer); err != nil {
		return err
	}
	return r.read(ctx, beforeLoad)
}

// conclude reads the meter for the last time and makes the result.
func (r *run) conclude(ctx context.Context, start time.Duration) (*Result, error) {
	err := r.read(ctx, afterLoad)
	result := r.result(start)
	if err == nil && r.meter != nil {
		result.Server = r.usage(result.Delivered.Messages)
	}
	return result, err
}

// elapsed is the time since the run began, by the monotonic clock.
func (r *run) elapsed() time.Duration { return time.Since(r.begin) }

// connect makes the clients: first all subscribers, so that no message is missed.
func (r *run) connect(ctx context.Context, dialer Dialer) error {
	for number := range r.plan.Subscribers {
		client, err := dialer.Subscriber(ctx, r.pattern)
		if err != nil {
			return fmt.Errorf("subscriber %d: %w", number, err)
		}
		r.subscribers = append(r.subscribers, newSubscriber(r, number, client))
	}
	for number := range r.plan.Publishers {
		client, err := dialer.Publisher(ctx, func(error) { r.refused.Add(1) })
		if err != nil {
			return fmt.Errorf("publisher %d: %w", number, err)
		}
		r.publishers = append(r.publishers, newPublisher(r, number, client))
	}
	return nil
}

// measure publishes, and receives until everything has come or nothing does any
// more.
func (r *run) measure(ctx context.Context) error {
	receiving, stop := context.WithCancel(ctx)
	defer stop()
	var receivers errgroup.Group
	for _, subscriber := range r.subscribers {
		receivers.Go(func() error { return subscriber.receive(receiving) })
	}
	failure := r.publish(ctx)
	if failure != nil && !errors.Is(failure, errStalled) {
		stop()
	}
	r.settle(receiving, stop, &receivers)
	return errors.Join(failure, receivers.Wait())
}

func (r *run) publish(ctx context.Context) error {
	publishing, cancel := context.WithCancel(ctx)
	if r.plan.Duration > 0 {
		publishing, cancel = context.WithTimeout(ctx, r.plan.Duration)
	}
	defer cancel()
	var publishers errgroup.Group
	for _, publisher := range r.publishers {
		publishers.Go(func() error { return publisher.publish(publishing) })
	}
	return publishers.Wait()
}

// settle waits for the receivers and stops them when nothing has come for the
// plan's patience.
func (r *run) settle(ctx context.Context, stop func(), receivers *errgroup.Group) {
	done := make(chan struct{})
	go func() {
		_ = receivers.Wait() // its error is for measure
		close(done)
	}()
	ticker := time.NewTicker(r.plan.Patience)
	defer ticker.Stop()
	for seen := r.progress.Load(); ; {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case <-ticker.C:
			now := r.progress.Load()
			if now == seen {
				stop()
				return
			}
			seen = now
		}
	}
}

// close closes all clients at once.
func (r *run) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	var closing sync.WaitGroup
	for _, publisher := range r.publishers {
		closing.Go(func() { publisher.client.Close(ctx) })
	}
	for _, subscriber := range r.subscribers {
		closing.Go(func() { subscriber.client.Close(ctx) })
	}
	closing.Wait()
}
