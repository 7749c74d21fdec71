package supervisor_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// SDK-16: names, payloads and modes are checked before anything is sent.
func TestPublishIsCheckedLocally(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		for reason, m := range map[fault.Reason]*wire.Outgoing{
			fault.TenantInvalid:   {Tenant: "a b", Channel: "c"},
			fault.ChannelInvalid:  {Channel: "c.*"},
			fault.PayloadTooLarge: {Channel: "c", Payload: make([]byte, 65536)},
			fault.RequestInvalid:  {Channel: "c", Mode: 4},
		} {
			_, err := b.client.Publish(t.Context(), m, true)
			assert.Equal(t, reason, fault.From(err).Reason)
		}
		_, err := b.client.Subscribe(t.Context(), "", "a.*b", b.limits())
		assert.Equal(t, fault.PatternInvalid, fault.From(err).Reason)
		_, err = b.client.Subscribe(t.Context(), "a b", "a", b.limits())
		assert.Equal(t, fault.TenantInvalid, fault.From(err).Reason)
		assert.Empty(t, n.seen())
	})
}

// The server's own limits count.
func TestTheServersLimitsCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start(func(w *fastpubsubv1.Welcome) {
			w.Limits = &fastpubsubv1.Limits{MaxPayloadBytes: 1 << 20, MaxChannelBytes: 4, MaxFrameBytes: 1 << 20}
		})
		require.NoError(t, <-b.publish(t.Context(), strings.Repeat("x", 100_000)))
		err := <-b.publish(t.Context(), strings.Repeat("x", 1<<20))
		assert.Equal(t, fault.PayloadTooLarge, fault.From(err).Reason, "it does not fit into a frame")
		_, err = b.client.Publish(t.Context(), &wire.Outgoing{Channel: "12345"}, true)
		assert.Equal(t, fault.ChannelInvalid, fault.From(err).Reason)
	})
}

// SDK-5: a publish completes when it is acknowledged.
func TestPublishWaitsForTheAcknowledgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		n.setMute(true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := <-b.publish(ctx, "x")
		assert.Equal(t, fault.TimedOut, fault.From(err).Reason)
		assert.ErrorContains(t, err, "may have been delivered")
	})
}

// SDK-8: while reconnecting a publish waits for the connection; nothing is sent
// twice and the order holds.
func TestPublishWhileReconnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start().Close()
		synctest.Wait()
		first := b.publish(t.Context(), "1")
		synctest.Wait()
		hasty, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		second := b.publish(hasty, "2")
		synctest.Wait()
		third := b.publish(t.Context(), "3")
		err := <-second
		assert.Equal(t, fault.TimedOut, fault.From(err).Reason)
		n := b.accept()
		require.NoError(t, <-first)
		require.NoError(t, <-third)
		assert.Equal(t, []string{"pub 1", "pub 3"}, n.seen())
	})
}

// SDK-8: a full buffer is a clear error.
func TestPublishBufferFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.config.Outbox.Messages = 2
		b.start().Close()
		synctest.Wait()
		first, second := b.publish(t.Context(), "1"), b.publish(t.Context(), "2")
		synctest.Wait()
		assert.Equal(t, fault.BufferFull, fault.From(<-b.publish(t.Context(), "3")).Reason)
		b.accept()
		require.NoError(t, <-first)
		require.NoError(t, <-second)
	})
}

// A publish in flight when the connection breaks has an unknown outcome: it fails
// and is not sent again.
func TestInFlightWhenTheConnectionBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		n.setMute(true)
		result := b.publish(t.Context(), "x")
		synctest.Wait()
		n.Close()
		err := <-result
		assert.Equal(t, fault.ConnectionLost, fault.From(err).Reason)
		assert.True(t, fault.From(err).Retryable())
		again := b.accept()
		require.NoError(t, <-b.publish(t.Context(), "y"))
		assert.Equal(t, []string{"pub y"}, again.seen())
	})
}

// DL-5: subscribe and publish keep their order on the connection.
func TestCommandsKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		synctest.Wait()
		release := n.Stall()
		_, err := b.client.Publish(t.Context(), &wire.Outgoing{Channel: "c", Payload: []byte("1")}, false)
		require.NoError(t, err)
		synctest.Wait()
		for _, payload := range []string{"2", "3"} {
			_, err := b.client.Publish(t.Context(), &wire.Outgoing{Channel: "c", Payload: []byte(payload)}, false)
			require.NoError(t, err)
		}
		go b.subscribe("a")
		synctest.Wait()
		_, err = b.client.Publish(t.Context(), &wire.Outgoing{Channel: "c", Payload: []byte("4")}, false)
		require.NoError(t, err)
		release()
		assert.Equal(t, []string{"pub 1", "pub 2", "pub 3", "sub a", "pub 4"}, n.seen())
	})
}

// SDK-17: closing flushes what was handed over.
func TestCloseFlushes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		s := b.subscribe("a")
		n.deliver(1, "a")
		synctest.Wait()
		release := n.Stall()
		for range 3 {
			_, err := b.client.Publish(t.Context(), &wire.Outgoing{Channel: "c", Payload: []byte("x")}, false)
			require.NoError(t, err)
		}
		acked := b.publish(t.Context(), "y")
		synctest.Wait()
		closed := make(chan error, 1)
		go func() { closed <- b.client.Close(t.Context()) }()
		synctest.Wait()
		require.Empty(t, closed)
		assert.Equal(t, fault.Closed, fault.From(<-b.publish(t.Context(), "too late")).Reason)
		release()
		require.NoError(t, <-closed)
		require.NoError(t, <-acked)
		assert.Equal(t, []string{"sub a", "pub x", "pub x", "pub x", "pub y", "closed"}, n.seen())
		_, err := s.Inbox.Next(t.Context())
		require.Error(t, err)
		states, _ := b.seen()
		assert.Equal(t, []string{"CONNECTING", "CONNECTED", "CLOSED"}, states)
		require.NoError(t, b.client.Close(t.Context()), "again changes nothing")
	})
}

// SDK-17: closing does not wait longer than its context, and says what failed.
func TestCloseGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		n.setMute(true)
		result := b.publish(t.Context(), "x")
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := b.client.Close(ctx)
		assert.Equal(t, fault.TimedOut, fault.From(err).Reason)
		assert.Equal(t, time.Second, time.Since(start))
		assert.Equal(t, fault.ConnectionLost, fault.From(<-result).Reason)
	})
}

// SDK-17: closing while there is no connection: what is queued waits for one as
// long as the context allows; what was promised and is gone is reported.
func TestCloseWhileReconnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		synctest.Wait()
		n.Stall()
		_, err := b.client.Publish(t.Context(), &wire.Outgoing{Channel: "c", Payload: []byte("being sent")}, false)
		require.NoError(t, err)
		synctest.Wait()
		_, err = b.client.Publish(t.Context(), &wire.Outgoing{Channel: "c", Payload: []byte("queued")}, false)
		require.NoError(t, err)
		n.Close()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		assert.Equal(t, fault.TimedOut, fault.From(b.client.Close(ctx)).Reason)
		_, reported := b.seen()
		require.Len(t, reported, 2)
		assert.ErrorContains(t, reported[0], "1 unacknowledged publishes were being sent")
		assert.ErrorContains(t, reported[1], "1 unacknowledged publishes that had not been sent")
	})
}

// The connection breaks while the client flushes: what was in flight has failed,
// and there is nothing left to wait for.
func TestTheConnectionBreaksWhileClosing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		n.setMute(true)
		result := b.publish(t.Context(), "x")
		synctest.Wait()
		closed := make(chan error, 1)
		go func() { closed <- b.client.Close(t.Context()) }()
		synctest.Wait()
		start := time.Now()
		n.Close()
		require.NoError(t, <-closed)
		assert.Zero(t, time.Since(start))
		assert.Equal(t, fault.ConnectionLost, fault.From(<-result).Reason)
	})
}

// A client that has ended by itself has nothing to flush.
func TestCloseAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start().Close()
		synctest.Wait()
		result := b.publish(t.Context(), "x")
		b.network.Next().Refuse(fault.New(fault.TokenInvalid, "unknown"))
		assert.Equal(t, fault.TokenInvalid, fault.From(<-result).Reason)
		<-b.client.Done()
		start := time.Now()
		require.NoError(t, b.client.Close(t.Context()))
		assert.Zero(t, time.Since(start))
	})
}

func TestCloseWithoutAnythingToFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start().Close()
		synctest.Wait()
		start := time.Now()
		require.NoError(t, b.client.Close(t.Context()))
		assert.Zero(t, time.Since(start))
	})
}

// SDK-13: the round trip can be measured.
func TestPing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		synctest.Wait()
		n.answerWith(func(request *fastpubsubv1.SessionRequest) bool {
			if request.GetPing() != nil {
				time.Sleep(7 * time.Millisecond)
			}
			return false
		})
		rtt, err := b.client.Ping(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 7*time.Millisecond, rtt)
		assert.Equal(t, rtt, b.client.RTT())
		require.NoError(t, b.client.Close(t.Context()))
	})
}
