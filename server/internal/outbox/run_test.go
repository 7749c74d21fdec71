package outbox

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deliveries are the frames of one delivery each that frames consist of, whose
// bytes and counts must be those of their parts.
func deliveries(t *testing.T, frames []*Frame) (parts []*Frame) {
	t.Helper()
	for _, f := range frames {
		if f.joint == nil {
			parts = append(parts, f)
			continue
		}
		var data []byte
		for _, part := range f.joint.parts {
			require.Equal(t, part.Kind, f.Kind)
			data = append(data, part.Data...)
		}
		require.True(t, bytes.Equal(data, f.Data))
		require.Len(t, f.joint.parts, f.Messages)
		require.Equal(t, f.joint.parts[0].PublishedAt, f.PublishedAt)
		parts = append(parts, f.joint.parts...)
	}
	return parts
}

func randomFrames(random *rand.Rand, n int) []*Frame {
	frames := make([]*Frame, n)
	for i := range frames {
		size := random.IntN(300)
		if random.IntN(20) == 0 {
			size = joinMost - 5 + random.IntN(10)
		}
		frames[i] = &Frame{
			Kind: Kind(random.IntN(10) % 3), Messages: 1, PublishedAt: int64(i + 1), //nolint:gosec // small
			Data: bytes.Repeat([]byte{byte(i)}, size),
		}
	}
	return frames
}

// A joined run is the same deliveries in the same order, in frames of one kind and
// of bounded size; messages that a transport frames by itself stay alone.
func TestJoin(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		frames := randomFrames(random, random.IntN(400))
		r := NewRun(frames)
		r.Join()
		require.Equal(t, len(frames), len(deliveries(t, r.joined)))
		for i, f := range deliveries(t, r.joined) {
			require.Same(t, frames[i], f)
		}
		size := 0
		for _, f := range r.joined {
			size += len(f.Data)
			require.True(t, f.joint == nil || f.Kind != KindMessage && len(f.Data) <= JoinedBytes)
		}
		require.Equal(t, size, r.bytes)
	}
}

// Many small deliveries become few frames.
func TestJoinedFramesAreFew(t *testing.T) {
	frames := make([]*Frame, 1000)
	for i := range frames {
		frames[i] = delivery(string(make([]byte, 150)))
	}
	assert.Len(t, run(frames...).joined, 10)
}

// TestDroppingFromRuns drops the oldest deliveries one by one also where they were
// joined, and leaves the joined frame whole for other connections (DL-8).
func TestDroppingFromRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, other := &connection{gate: make(chan struct{})}, &connection{}
		options := &Options{MaxBytes: 1 << 20, MaxMessages: 10, Policy: DropOldest}
		stuck, idle := New(options, c, &owner{}), New(options, other, &owner{})
		stuck.Push(delivery("0 "))
		synctest.Wait() // 0 is being written
		first := run(delivery("1 "), delivery("2 "), delivery("3 "), delivery("4 "), delivery("5 "), delivery("6 "))
		for _, o := range []*Outbox{stuck, idle} {
			require.True(t, o.PushRun(first))
		}
		require.True(t, stuck.PushRun(run(delivery("7 "), delivery("8 "), delivery("9 "), delivery("10 "), delivery("11 "))))
		for i := 12; i < 15; i++ {
			require.True(t, stuck.Push(delivery(fmt.Sprintf("%d ", i))))
		}
		_, messages := stuck.Pending()
		assert.Equal(t, 10, messages)
		close(c.gate)
		synctest.Wait()
		assert.Equal(t, "0 <lost 5>6 7 8 9 10 11 12 13 14 ", c.written.String())
		assert.Equal(t, "1 2 3 4 5 6 ", other.written.String())
	})
}

// TestQueueOfRunsAgainstModel compares a queue that also holds joined frames with a
// list of deliveries.
func TestQueueOfRunsAgainstModel(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var q queue
	var model []*Frame
	b := new(batch)
	for step := range 20_000 {
		switch n := random.IntN(100); {
		case n < 20+20*(step/1000%2):
			r := NewRun(randomFrames(random, 1+random.IntN(20)))
			r.Join()
			for _, f := range r.joined {
				q.push(f)
			}
			model = append(model, r.frames...)
		case n < 50:
			q.push(control("c"))
			model = append(model, q.frames[len(q.frames)-1])
		case n < 60:
			q.fill(b)
			taken := deliveries(t, b.frames())
			require.Equal(t, len(taken), b.messages+controls(taken))
			for i, f := range taken {
				require.Same(t, model[i], f)
			}
			model = model[len(taken):]
			b.reset()
		default:
			model = checkRemoveFirst(t, &q, model)
		}
	}
}

func controls(frames []*Frame) (n int) {
	for _, f := range frames {
		if f.Messages == 0 {
			n++
		}
	}
	return n
}
