package bench

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWindowHoldsPublishersBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(2, 2, time.Minute)
		require.NoError(t, w.enter(t.Context()))
		require.NoError(t, w.enter(t.Context()))
		entered := make(chan error)
		go func() { entered <- w.enter(t.Context()) }()
		w.arrived(0, 2)
		synctest.Wait()
		select {
		case <-entered:
			require.Fail(t, "the slower subscriber has nothing yet")
		default:
		}
		w.arrived(1, 1)
		assert.NoError(t, <-entered)
	})
}

func TestWindowOfNobody(t *testing.T) {
	w := newWindow(1, 0, time.Minute)
	for range 10 {
		require.NoError(t, w.enter(t.Context()))
	}
}

func TestWindowThatStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(1, 1, time.Minute)
		require.NoError(t, w.enter(t.Context()))
		start := time.Now()
		assert.ErrorIs(t, w.enter(t.Context()), errStalled)
		assert.Equal(t, time.Minute, time.Since(start))

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.ErrorIs(t, w.enter(ctx), context.Canceled)
	})
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &run{plan: Plan{Publishers: 2, Rate: 200}, begin: time.Now()}
		second := newPace(r, 1) // each publisher one in 10 ms, the second 5 ms later
		for i, want := range []time.Duration{5 * time.Millisecond, 15 * time.Millisecond, 25 * time.Millisecond} {
			due, err := second.await(t.Context(), i)
			require.NoError(t, err)
			assert.Equal(t, want, due)
			assert.Equal(t, want, r.elapsed())
		}
		time.Sleep(time.Second)
		due, err := second.await(t.Context(), 3)
		require.NoError(t, err)
		assert.Equal(t, 35*time.Millisecond, due, "what is late keeps its due time")
		assert.Equal(t, 1025*time.Millisecond, r.elapsed(), "and does not wait")

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = second.await(ctx, 1000)
		assert.ErrorIs(t, err, context.Canceled)

		due, err = newPace(&run{begin: time.Now()}, 0).await(t.Context(), 1000)
		require.NoError(t, err)
		assert.Zero(t, due, "as fast as possible")
	})
}

func TestShares(t *testing.T) {
	plan := Plan{Publishers: 3, Count: 11}
	assert.Equal(t, []int{4, 4, 3}, []int{plan.share(0), plan.share(1), plan.share(2)})
}

func TestChannelsOfARun(t *testing.T) {
	plan := Plan{Channels: 2, Prefix: "a.b"}
	channels, pattern := plan.channelsOf()
	require.Len(t, channels, 2)
	assert.Regexp(t, `^a\.b\.[a-z0-9]+\.0$`, channels[0])
	assert.Equal(t, channels[0][:len(channels[0])-1]+"*", pattern)
	again, _ := plan.channelsOf()
	assert.NotEqual(t, channels, again, "two runs do not meet")
}
