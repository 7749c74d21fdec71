package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// offline is a run without a server: one subscriber, two publishers that have
// sent some messages on one channel.
func offline(sent ...uint64) (*run, *subscriber) {
	r := &run{
		plan:     Plan{Publishers: len(sent), Subscribers: 1, Channels: 1, Size: 100, Window: 10, Patience: time.Minute},
		channels: []string{"c"}, window: newWindow(10, 1, time.Minute), reportEvery: 4, begin: time.Now(),
	}
	for number, total := range sent {
		p := newPublisher(r, number, nil)
		p.sequences[0], p.sent, p.finished = total, total, 2*time.Second
		r.publishers = append(r.publishers, p)
	}
	s := &subscriber{
		run: r, streams: map[string][]tracker{"c": make([]tracker, len(sent))}, open: len(sent), latencies: newRecorder(),
	}
	r.subscribers = []*subscriber{s}
	return r, s
}

func message(channel string, head stamp) Message {
	payload := make([]byte, 100)
	head.write(payload)
	return Message{Channel: channel, Payload: payload}
}

// DL-1, DL-4: what is lost, doubled or out of order is counted.
func TestFaultsAreCounted(t *testing.T) {
	r, s := offline(4, 2)
	for _, head := range []stamp{
		{kind: kindMessage, publisher: 0, sequence: 0},
		{kind: kindMessage, publisher: 1, sequence: 1},
		{kind: kindMessage, publisher: 0, sequence: 2},
		{kind: kindMessage, publisher: 1, sequence: 0}, // late
		{kind: kindMessage, publisher: 0, sequence: 2}, // again
		{kind: kindEnd, publisher: 0, sequence: 4},
		{kind: kindEnd, publisher: 0, sequence: 4},
	} {
		s.take(message("c", head))
	}
	s.take(message("another", stamp{kind: kindMessage}))
	s.take(message("c", stamp{kind: kindMessage, publisher: 7}))
	s.take(Message{Channel: "c", Payload: []byte("not ours")})
	assert.Equal(t, 1, s.open, "the second publisher has not ended")

	result := r.result(0)
	assert.Equal(t, Faults{Lost: 2, Disordered: 1, Duplicates: 1}, result.Faults)
	assert.False(t, result.OK())
	assert.Equal(t, uint64(6), result.Published.Messages)
	assert.Equal(t, uint64(600), result.Published.Bytes)
	assert.InDelta(t, 3, result.Published.MessagesPerSecond, 0.001)
	assert.Equal(t, uint64(5), result.Delivered.Messages)
	assert.Equal(t, int64(5), result.Latency.Count)
	assert.Nil(t, result.AckLatency)
}

// perfect is a run whose one message has arrived.
func perfect() (*run, *subscriber) {
	r, s := offline(1)
	s.take(message("c", stamp{kind: kindMessage}))
	s.take(message("c", stamp{kind: kindEnd, sequence: 1}))
	return r, s
}

func TestPerfectRun(t *testing.T) {
	r, s := perfect()
	result := r.result(0)
	assert.True(t, result.OK())
	assert.Zero(t, s.open)

	r.refused.Add(1)
	assert.False(t, r.result(0).OK(), "a refused message is a fault")

	var table bytes.Buffer
	require.NoError(t, result.WriteTable(&table))
	for _, part := range []string{"published", "delivered", "latency", "p99.9", "lost 0, duplicates 0, out of order 0, refused 0"} {
		assert.Contains(t, table.String(), part)
	}
	encoded, err := json.Marshal(result)
	require.NoError(t, err)
	for _, member := range []string{`"lost":0`, `"messages_per_second":0.5`, `"p999":`} {
		assert.Contains(t, string(encoded), member)
	}
}

func TestLatencies(t *testing.T) {
	r := newRecorder()
	for i := range 1000 {
		r.record(time.Duration(i+1) * time.Millisecond)
	}
	r.record(-time.Second)
	r.record(time.Hour)
	latency := r.latency()
	assert.Equal(t, int64(1002), latency.Count)
	assert.InEpsilon(t, float64(500*time.Millisecond), float64(latency.P50), 0.01)
	assert.InEpsilon(t, float64(990*time.Millisecond), float64(latency.P99), 0.01)
	assert.InEpsilon(t, float64(highestLatency), float64(latency.Max), 0.01)
}

// A run does not wait for ever for what is lost.
func TestSettleGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := offline(1)
		stopped := make(chan struct{})
		var receivers errgroup.Group
		receivers.Go(func() error {
			for range 3 {
				time.Sleep(50 * time.Second)
				r.progress.Add(1)
			}
			<-stopped
			return nil
		})
		start := time.Now()
		r.settle(t.Context(), func() { close(stopped) }, &receivers)
		assert.Equal(t, 4*time.Minute, time.Since(start), "the last message came after 150 s")
	})
}

func TestSettleEndsWithTheReceivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := offline(1)
		var receivers errgroup.Group
		receivers.Go(func() error { time.Sleep(time.Second); return errors.New("gone") })
		start := time.Now()
		r.settle(t.Context(), func() { assert.Fail(t, "nothing is to be stopped") }, &receivers)
		assert.Equal(t, time.Second, time.Since(start))
	})
}
