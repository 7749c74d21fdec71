package supervisor_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/supervisor"
)

// begin starts a client whose first attempts the test answers.
func (b *bench) begin(ctx context.Context) <-chan error {
	started := make(chan error, 1)
	go func() {
		client, err := supervisor.Start(ctx, b.config)
		b.client = client
		started <- err
	}()
	return started
}

// SDK-1: the first connection is tried until it works.
func TestStartTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		started := b.begin(t.Context())
		start := time.Now()
		for range 4 {
			b.network.Next().Refuse(fault.New(fault.Unreachable, "connection refused"))
		}
		b.accept()
		require.NoError(t, <-started)
		assert.LessOrEqual(t, time.Since(start), (100+200+400+800)*time.Millisecond)
		states, _ := b.seen()
		assert.Equal(t, []string{"CONNECTING", "CONNECTED"}, states)
		require.NoError(t, b.client.Close(t.Context()))
	})
}

// SDK-7: a final reason stops the first attempt at once.
func TestStartStopsForAFinalReason(t *testing.T) {
	for name, c := range map[string]struct {
		refusal *fault.Fault
	}{
		"a reason that is never retried": {refusal: fault.New(fault.TokenInvalid, "unknown token")},
		"an expired fixed token":         {refusal: fault.New(fault.TokenExpired, "ran out")},
		"a certificate":                  {refusal: fault.New(fault.Unreachable, "unknown authority").Final()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				started := b.begin(t.Context())
				b.network.Next().Refuse(c.refusal)
				require.ErrorIs(t, <-started, c.refusal)
				states, _ := b.seen()
				assert.Equal(t, []string{"CONNECTING", "CLOSED " + string(c.refusal.Reason)}, states)
			})
		})
	}
}

// SDK-1: the caller's context ends the first attempts; the error says what the
// last one failed with.
func TestStartEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		started := b.begin(ctx)
		go func() {
			for {
				select {
				case dial := <-b.network.Dials():
					dial.Refuse(fault.Wrap(errors.New("connection refused"), fault.Unreachable, "cannot reach it"))
				case <-ctx.Done():
					return
				}
			}
		}()
		err := <-started
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, fault.Unreachable, fault.From(err).Reason)
		assert.ErrorContains(t, err, "connection refused")
	})
}

func TestStartEndsWithItsContextBeforeAnyAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		started := b.begin(ctx)
		dial := b.network.Next()
		cancel()
		err := <-started
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, fault.Canceled, fault.From(err).Reason)
		dial.Accept()
	})
}

// An attempt that hangs is given up.
func TestAnAttemptThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		started := b.begin(t.Context())
		b.network.Next().Accept() // and says nothing
		start := time.Now()
		b.accept()
		require.NoError(t, <-started)
		assert.GreaterOrEqual(t, time.Since(start), 15*time.Second)
		require.NoError(t, b.client.Close(t.Context()))
	})
}

// SDK-7: a lost connection comes back by itself, with everything subscribed
// before it counts as CONNECTED.
func TestReconnectResubscribes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		first := b.start()
		a, c := b.subscribe("a"), b.subscribe("c.*")
		first.Close()

		second := b.network.Next().Accept()
		second.Welcome()
		requests := map[string]uint64{}
		for range 2 {
			subscribe := second.Next().GetSubscribe()
			requests[subscribe.GetPattern()] = subscribe.GetRequestId()
		}
		states, _ := b.seen()
		assert.Equal(t, []string{"CONNECTING", "CONNECTED", "RECONNECTING CONNECTION_LOST"}, states)
		second.Subscribed(requests["a"], 10)
		states, _ = b.seen()
		assert.Len(t, states, 3, "not yet everything is acknowledged")
		second.Subscribed(requests["c.*"], 11)
		states, _ = b.seen()
		assert.Equal(t, "CONNECTED", states[3])

		for i, handle := range []uint64{10, 11} {
			second.Deliver(&fastpubsubv1.Delivery{IdSequence: uint64(i), Channel: "c", Payload: []byte("hi"), PatternHandles: []uint64{handle}})
		}
		assert.Equal(t, "hi", next(t, a))
		assert.Equal(t, "hi", next(t, c))
	})
}

// SDK-7: the waits grow, stay within the ceiling of each step, and are forgotten
// only when a connection has proved stable.
func TestBackoffGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start().Close()
		for failures := 1; failures <= 12; failures++ {
			start := time.Now()
			dial := b.network.Next()
			assert.LessOrEqual(t, time.Since(start), b.config.Backoff.Ceiling(failures))
			dial.Refuse(fault.New("OVERLOADED", "busy"))
		}
		unstable := b.accept()
		synctest.Wait()
		unstable.Close()
		var longest time.Duration
		for range 20 {
			start := time.Now()
			dial := b.network.Next()
			longest = max(longest, time.Since(start))
			dial.Refuse(fault.New("OVERLOADED", "busy"))
		}
		assert.Greater(t, longest, time.Second, "a connection that breaks at once resets nothing")

		stable := b.accept()
		time.Sleep(11 * time.Second)
		stable.Close()
		start := time.Now()
		b.accept()
		assert.LessOrEqual(t, time.Since(start), 100*time.Millisecond)
	})
}

// SDK-7: reasons marked "retry: no" end the client, with the cause everywhere.
func TestAFinalReasonClosesTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		s := b.subscribe("a")
		n.deliver(1, "a")
		n.End(fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_REVOKED, "revoked by an administrator")
		<-b.client.Done()
		states, _ := b.seen()
		assert.Equal(t, []string{"CONNECTING", "CONNECTED", "CLOSED TOKEN_REVOKED"}, states)
		assert.Equal(t, "1", next(t, s), "what has come can still be read")
		_, err := s.Inbox.Next(t.Context())
		assert.Equal(t, fault.Reason("TOKEN_REVOKED"), fault.From(err).Reason)
		assert.Equal(t, fault.Reason("TOKEN_REVOKED"), fault.From(<-b.publish(t.Context(), "x")).Reason)
		_, err = b.client.Subscribe(t.Context(), "", "b", b.limits())
		assert.Equal(t, fault.Reason("TOKEN_REVOKED"), fault.From(err).Reason)
		_, err = b.client.Ping(t.Context())
		assert.Equal(t, fault.Reason("TOKEN_REVOKED"), fault.From(err).Reason)
	})
}

// SDK-7: what is a final reason for a first attempt, because it may be a wrong
// setting, does not end a client that has been connected.
func TestALiveClientOutlivesABadCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start().Close()
		b.network.Next().Refuse(fault.New(fault.Unreachable, "certificate has expired").Final())
		b.accept()
		states, _ := b.seen()
		assert.Equal(t, "CONNECTED", states[len(states)-1])
	})
}

// SDK-3: a subscription that is asked for while there is no connection waits for
// the next one.
func TestSubscribeWhileReconnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start().Close()
		synctest.Wait()
		subscribed := make(chan *supervisor.Subscription)
		go func() { subscribed <- b.subscribe("a") }()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := b.client.Subscribe(ctx, "", "never", b.limits())
		assert.Equal(t, fault.TimedOut, fault.From(err).Reason)
		n := b.accept()
		s := <-subscribed
		n.deliver(1, "a")
		assert.Equal(t, "1", next(t, s))
		assert.Equal(t, []string{"sub a"}, n.seen(), "once, and not what was given up")
	})
}

// A connection whose subscriptions the server cannot take now is tried again.
func TestResubscribeFailsForNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		first := b.start()
		s := b.subscribe("a")
		first.Close()
		second := b.network.Next().Accept()
		second.Welcome()
		second.Fail(second.Next().GetSubscribe().GetRequestId(), fastpubsubv1.ErrorReason_ERROR_REASON_BACKPLANE_UNAVAILABLE, "cut off")
		third := b.accept()
		synctest.Wait()
		third.deliver(1, "a")
		assert.Equal(t, "1", next(t, s))
		states, _ := b.seen()
		assert.Equal(t, []string{"CONNECTING", "CONNECTED", "RECONNECTING CONNECTION_LOST", "CONNECTED"}, states)
	})
}
