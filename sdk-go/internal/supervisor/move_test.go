package supervisor_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/supervisor"
)

// received is what a subscription has got until now.
func received(t *testing.T, s *supervisor.Subscription, n int) string {
	t.Helper()
	var got []string
	for range n {
		got = append(got, next(t, s))
	}
	return strings.Join(got, " ")
}

func only(t *testing.T, states []string) {
	t.Helper()
	assert.Equal(t, []string{"CONNECTING", "CONNECTED"}, states, "the client never was without a connection")
}

// SDK-9: make before break: everything is subscribed on the new connection, then
// the publishes go there, then the old one is unsubscribed and closed. Nothing is
// lost or seen twice, and the order holds although the new connection is faster.
func TestMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		s := b.subscribe("a")
		old.deliver(1, "a")
		old.GoAway(30 * time.Second)
		fresh := b.accept()
		synctest.Wait()
		for i := 3; i <= 6; i++ {
			fresh.deliver(i, "a")
		}
		for i := 2; i <= 4; i++ {
			old.deliver(i, "a")
		}
		assert.Equal(t, "1 2 3 4", received(t, s, 4))
		require.NoError(t, <-b.publish(t.Context(), "x"))
		assert.Equal(t, []string{"sub a", "pub x"}, fresh.seen())
		assert.Equal(t, []string{"sub a"}, old.seen())
		old.deliver(5, "a")

		time.Sleep(time.Second)
		assert.Equal(t, []string{"sub a", "unsub a", "closed"}, old.seen())
		fresh.deliver(7, "a")
		assert.Equal(t, "5 6 7", received(t, s, 3))
		states, errors := b.seen()
		only(t, states)
		assert.Empty(t, errors)
	})
}

// SDK-9, DL-4: a publisher's messages keep their order across the move: nothing
// is sent to the new node until the old one has handled what it was sent.
func TestPublishesKeepTheirOrderAcrossAMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		old.setMute(true)
		first := b.publish(t.Context(), "1")
		synctest.Wait()
		old.GoAway(30 * time.Second)
		fresh := b.accept()
		synctest.Wait()
		second := b.publish(t.Context(), "2")
		time.Sleep(time.Second)
		assert.Empty(t, fresh.seen())
		// The fake peer reads one request after the other; these are its answers.
		old.Succeed(ids(1, 20)...)
		require.NoError(t, <-first)
		require.NoError(t, <-second)
		assert.Equal(t, []string{"pub 2"}, fresh.seen())
		states, _ := b.seen()
		only(t, states)
	})
}

func ids(from, to uint64) (all []uint64) {
	for id := from; id <= to; id++ {
		all = append(all, id)
	}
	return all
}

// The old server does not answer any more: the move goes on nevertheless.
func TestAMoveAwayFromADeafServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		s := b.subscribe("a")
		old.setMute(true)
		old.GoAway(30 * time.Second)
		fresh := b.accept()
		synctest.Wait()
		require.NoError(t, <-b.publish(t.Context(), "x"))
		time.Sleep(10 * time.Second)
		fresh.deliver(1, "a")
		assert.Equal(t, "1", next(t, s))
		assert.Equal(t, "closed", last(old.seen()))
	})
}

// Nor does it answer a client that closes meanwhile: the new one does.
func TestCloseWhileMovingAwayFromADeafServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		old.setMute(true)
		closed := make(chan error, 1)
		go func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			closed <- b.client.Close(ctx)
		}()
		synctest.Wait()
		old.GoAway(30 * time.Second)
		fresh := b.accept()
		require.NoError(t, <-closed)
		assert.Equal(t, "closed", last(fresh.seen()))
	})
}

func last(log []string) string { return log[len(log)-1] }

// What is subscribed to while the client moves is on the new connection, too.
func TestSubscribeWhileMoving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		b.subscribe("before")
		old.GoAway(30 * time.Second)
		dial := b.network.Next()
		during := b.subscribe("during") // still over the old one
		assert.Equal(t, []string{"sub before", "sub during"}, old.seen())

		fresh := &node{Peer: dial.Accept(), handles: map[string]uint64{}}
		fresh.Welcome()
		asked := fresh.Next().GetSubscribe()
		late := make(chan *supervisor.Subscription)
		go func() { late <- b.subscribe("late") }() // after the new one was asked for the others
		l := <-late
		assert.Equal(t, "sub late", last(old.seen()))
		fresh.handles[asked.GetPattern()] = 1
		fresh.Subscribed(asked.GetRequestId(), 1)
		go fresh.serve()
		time.Sleep(time.Second)

		fresh.deliver(1, "before")
		fresh.deliver(2, "during")
		fresh.deliver(3, "late")
		assert.Equal(t, "2", next(t, during))
		assert.Equal(t, "3", next(t, l))
	})
}

// A subscription made after the publishes have moved exists on the new connection
// only; it does not wait for the old one.
func TestSubscribeDuringTheOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		b.subscribe("a")
		old.GoAway(30 * time.Second)
		fresh := b.accept()
		synctest.Wait()
		require.NoError(t, <-b.publish(t.Context(), "x"))
		s := b.subscribe("fresh")
		fresh.deliver(1, "fresh")
		start := time.Now()
		assert.Equal(t, "1", next(t, s))
		assert.Zero(t, time.Since(start))
		assert.Equal(t, []string{"sub a"}, old.seen())
	})
}

// The old connection breaks before there is a new one: then it is a reconnect,
// and duplicates are still removed.
func TestTheOldConnectionBreaksWhileMoving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		s := b.subscribe("a")
		old.deliver(1, "a")
		old.GoAway(30 * time.Second)
		dial := b.network.Next()
		old.Close()
		states, _ := b.seen()
		assert.Equal(t, "RECONNECTING CONNECTION_LOST", last(states))
		result := b.publish(t.Context(), "x")
		fresh := &node{Peer: dial.Accept(), handles: map[string]uint64{}}
		fresh.Welcome()
		go fresh.serve()
		require.NoError(t, <-result)
		fresh.deliver(1, "a")
		fresh.deliver(2, "a")
		assert.Equal(t, "1 2", received(t, s, 2))
		states, _ = b.seen()
		assert.Equal(t, "CONNECTED", last(states))
	})
}

// SDK-7, SDK-9: there is nowhere to move to until the old server has ended; the
// failed attempts do not make the client wait long for its return.
func TestWaitsStartOverWhenTheOldConnectionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		old.GoAway(time.Hour)
		for range 12 {
			b.network.Next().Refuse(fault.New("DRAINING", "elsewhere, please"))
		}
		old.End(fastpubsubv1.ErrorReason_ERROR_REASON_DRAINING, "drained")
		began := time.Now()
		dial := b.network.Next()
		assert.LessOrEqual(t, time.Since(began), 100*time.Millisecond)
		fresh := &node{Peer: dial.Accept(), handles: map[string]uint64{}}
		fresh.Welcome()
		go fresh.serve()
		synctest.Wait()
		states, _ := b.seen()
		assert.Equal(t, "CONNECTED", last(states))
	})
}

// The new connection breaks before it has taken over: the old one goes on.
func TestTheNewConnectionBreaksWhileMoving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		s := b.subscribe("a")
		old.GoAway(30 * time.Second)
		broken := b.network.Next().Accept()
		broken.Welcome()
		broken.Next()
		broken.Close()
		require.NoError(t, <-b.publish(t.Context(), "still over the old one"))
		old.deliver(1, "a")
		fresh := b.accept()
		synctest.Wait()
		fresh.deliver(1, "a")
		fresh.deliver(2, "a")
		time.Sleep(time.Second)
		assert.Equal(t, "1 2", received(t, s, 2))
		states, _ := b.seen()
		only(t, states)
		assert.Equal(t, []string{"sub a", "pub still over the old one", "unsub a", "closed"}, old.seen())
	})
}

// The new connection breaks while sending is paused: the old one goes on to send.
func TestTheNewConnectionBreaksWhileSendingIsPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		s := b.subscribe("a")
		old.setMute(true)
		old.GoAway(30 * time.Second)
		broken := b.accept()
		synctest.Wait()
		result := b.publish(t.Context(), "x")
		broken.Close()
		time.Sleep(6 * time.Second) // the fence is given up
		old.setMute(false)
		old.Succeed(ids(1, 20)...)
		require.NoError(t, <-result)
		old.deliver(1, "a")
		assert.Equal(t, "1", next(t, s))
		b.accept()
		time.Sleep(time.Second)
		states, _ := b.seen()
		only(t, states)
	})
}

// The new server refuses for good: the client lives as long as the old connection
// does.
func TestAMoveThatIsRefusedForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		s := b.subscribe("a")
		old.GoAway(30 * time.Second)
		b.network.Next().Refuse(fault.New(fault.TokenInvalid, "unknown"))
		synctest.Wait()
		old.deliver(1, "a")
		assert.Equal(t, "1", next(t, s))
		old.End(fastpubsubv1.ErrorReason_ERROR_REASON_DRAINING, "drained")
		<-b.client.Done()
		states, _ := b.seen()
		assert.Equal(t, "CLOSED TOKEN_INVALID", last(states))
	})
}

// A rolling restart: one server after the other asks to move, the next one while
// the old connection is still being retired.
func TestRollingRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		current := b.start()
		s := b.subscribe("a")
		var want []string
		message := 0
		for range 5 {
			current.GoAway(30 * time.Second)
			fresh := b.accept()
			synctest.Wait()
			for range 3 { // both deliver, the new one first
				fresh.deliver(message, "a")
				current.deliver(message, "a")
				want = append(want, fmt.Sprint(message))
				message++
			}
			current = fresh
		}
		time.Sleep(5 * time.Second)
		assert.Equal(t, strings.Join(want, " "), received(t, s, len(want)))
		states, errors := b.seen()
		only(t, states)
		assert.Empty(t, errors)
	})
}

// Closing during a move leaves nothing behind.
func TestCloseWhileMoving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		b.subscribe("a")
		old.GoAway(30 * time.Second)
		b.network.Next()
		require.NoError(t, b.client.Close(t.Context()))
		assert.Equal(t, "closed", last(old.seen()))
	})
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		old := b.start()
		b.subscribe("a")
		old.GoAway(30 * time.Second)
		fresh := b.accept()
		synctest.Wait()
		require.NoError(t, b.client.Close(t.Context()))
		assert.Equal(t, "closed", last(old.seen()))
		assert.Equal(t, "closed", last(fresh.seen()))
	})
}
