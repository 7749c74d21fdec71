package bench

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// network is a server in memory that does to messages what a test says.
type network struct {
	// deliver is how often message number n (from 0, marks not counted) arrives; nil:
	// once.
	deliver func(n int) int
	// publishError refuses what is published.
	publishError error

	mutex     sync.Mutex
	published int
	inboxes   []chan Message
	closed    int
}

func (n *network) Publisher(context.Context, func(error)) (Publisher, error) {
	return networkPublisher{n}, nil
}

func (n *network) Subscriber(context.Context, string) (Subscriber, error) {
	inbox := make(chan Message, 100_000)
	n.inboxes = append(n.inboxes, inbox)
	return networkSubscriber{n, inbox}, nil
}

func (n *network) publish(channel string, payload []byte) error {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.publishError != nil {
		return n.publishError
	}
	times := 1
	if payload[0] == kindMessage {
		if n.deliver != nil {
			times = n.deliver(n.published)
		}
		n.published++
	}
	for _, inbox := range n.inboxes {
		for range times {
			inbox <- Message{Channel: channel, Payload: bytes.Clone(payload)}
		}
	}
	return nil
}

func (n *network) close() {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.closed++
}

type networkPublisher struct{ *network }

func (p networkPublisher) Send(_ context.Context, channel string, payload []byte) error {
	return p.publish(channel, payload)
}

func (p networkPublisher) Publish(_ context.Context, channel string, payload []byte) error {
	return p.publish(channel, payload)
}

func (p networkPublisher) Begin(_ context.Context, channel string, payload []byte) Outcome {
	return outcome{p.publish(channel, payload)}
}

func (p networkPublisher) Close(context.Context) { p.close() }

type outcome struct{ err error }

func (o outcome) Wait(context.Context) error { return o.err }

type networkSubscriber struct {
	*network
	inbox chan Message
}

func (s networkSubscriber) Receive(ctx context.Context) (Message, uint64, error) {
	select {
	case message := <-s.inbox:
		return message, 0, nil
	case <-ctx.Done():
		return Message{}, 0, ctx.Err()
	}
}

func (s networkSubscriber) Close(context.Context) { s.close() }

func planOf(publishers, subscribers, count int) Plan {
	return Plan{
		Publishers: publishers, Subscribers: subscribers, Channels: 3, Size: 64, Count: count, Window: 8,
		Patience: time.Minute, Prefix: "p",
	}
}

func TestRunOverAGoodNetwork(t *testing.T) {
	for _, ack := range []bool{false, true} {
		plan := planOf(4, 3, 1001)
		plan.Ack = ack
		n := &network{}
		result, err := Run(t.Context(), plan, n, nil)
		require.NoError(t, err)
		assert.True(t, result.OK())
		assert.Equal(t, uint64(1001), result.Published.Messages)
		assert.Equal(t, uint64(3003), result.Delivered.Messages)
		assert.Equal(t, int64(3003), result.Latency.Count)
		assert.Equal(t, ack, result.AckLatency != nil)
		assert.Equal(t, 7, n.closed, "every client is closed")
	}
}

// DL-1, DL-2: loss and duplicates on the way are found.
func TestRunOverABadNetwork(t *testing.T) {
	n := &network{deliver: func(n int) int {
		switch {
		case n%10 == 3:
			return 0
		case n%10 == 5:
			return 2
		default:
			return 1
		}
	}}
	plan := planOf(2, 1, 100)
	plan.Window = 100
	result, err := Run(t.Context(), plan, n, nil)
	require.NoError(t, err)
	assert.Equal(t, Faults{Lost: 10, Duplicates: 10}, result.Faults)
	assert.False(t, result.OK())
}

// A run over a network that delivers nothing ends, and says so.
func TestRunOverADeadNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		result, err := Run(t.Context(), planOf(1, 1, 100), &network{deliver: func(int) int { return 0 }}, nil)
		require.NoError(t, err)
		assert.Equal(t, uint64(8), result.Published.Messages, "as many as the window holds")
		assert.Equal(t, uint64(8), result.Lost)
	})
}

func TestRunForATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := planOf(2, 1, 0)
		plan.Duration, plan.Rate = 10*time.Second, 100
		result, err := Run(t.Context(), plan, &network{}, nil)
		require.NoError(t, err)
		assert.True(t, result.OK())
		assert.InDelta(t, 1000, result.Published.Messages, 2)
		assert.InDelta(t, 100, result.Published.MessagesPerSecond, 1)
	})
}

func TestRunThatCannot(t *testing.T) {
	refused := errors.New("refused")
	_, err := Run(t.Context(), planOf(1, 1, 10), &network{publishError: refused}, nil)
	assert.ErrorIs(t, err, refused)

	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	_, err = Run(ctx, planOf(1, 1, 10), &network{}, nil)
	assert.ErrorIs(t, err, gone)
}
