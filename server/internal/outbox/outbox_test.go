package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// connection is a writer that writes when it is let.
type connection struct {
	gate    chan struct{} // nil: always open
	writes  int
	written bytes.Buffer
	err     error
}

func (c *connection) WriteFrames(frames []*Frame) error {
	if c.gate != nil {
		<-c.gate
	}
	if c.err != nil {
		return c.err
	}
	c.writes++
	for _, f := range frames {
		c.written.Write(f.Data)
	}
	return nil
}

type owner struct{ failures []error }

func (*owner) LostFrame(n uint64) *Frame { return control(fmt.Sprintf("<lost %d>", n)) }
func (o *owner) OutboxFailed(err error)  { o.failures = append(o.failures, err) }

func control(text string) *Frame  { return &Frame{Data: []byte(text)} }
func delivery(text string) *Frame { return &Frame{Data: []byte(text), Messages: 1, PublishedAt: 7} }

// run is a run that goes to many connections.
func run(frames ...*Frame) *Run {
	r := NewRun(frames)
	r.Join()
	return r
}

func small(policy Policy) *Options {
	return &Options{MaxBytes: 10 * controlOverhead, MaxMessages: 4, Policy: policy}
}

// TestCoalescing shows that everything that arrives during a write goes out in
// the next one, in order (DL-4).
func TestCoalescing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &connection{gate: make(chan struct{})}
		o := New(&Options{MaxBytes: 1 << 20, MaxMessages: 1 << 20}, c, &owner{})
		want := ""
		for i := range 100 {
			text := fmt.Sprintf("%d ", i)
			want += text
			require.True(t, o.Push(delivery(text)))
			synctest.Wait()
		}
		close(c.gate)
		synctest.Wait()
		assert.Equal(t, want, c.written.String())
		assert.Equal(t, 2, c.writes)
		size, messages := o.Pending()
		assert.Zero(t, size)
		assert.Zero(t, messages)
	})
}

// TestOverflowDisconnects fails a full outbox once, without blocking (DL-8).
func TestOverflowDisconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, own := &connection{gate: make(chan struct{})}, &owner{}
		o := New(small(Disconnect), c, own)
		for i := range 4 {
			require.True(t, o.Push(delivery(fmt.Sprint(i))))
		}
		assert.False(t, o.Push(delivery("4")))
		assert.False(t, o.Push(delivery("5")))
		assert.Equal(t, []error{ErrOverflow}, own.failures)
		done := o.Close(true, control("<bye>"))
		close(c.gate)
		<-done
		assert.Contains(t, c.written.String(), "<bye>")
		assert.NotContains(t, c.written.String(), "4")
	})
}

// TestOverflowByBytes counts bytes, too, of control frames as well (DL-8).
func TestOverflowByBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, own := &connection{gate: make(chan struct{})}, &owner{}
		o := New(small(DropOldest), c, own)
		assert.True(t, o.Push(delivery(string(make([]byte, 5000)))), "an empty queue takes any one frame")
		synctest.Wait() // it is being written
		assert.False(t, o.Push(control("x")), "control frames are not dropped, nor what is being written")
		assert.Equal(t, []error{ErrOverflow}, own.failures)
		close(c.gate)
	})
}

// TestOverflowDropsOldest keeps the newest, and says how many are gone, where
// they are gone (DL-8).
func TestOverflowDropsOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, own := &connection{gate: make(chan struct{})}, &owner{}
		o := New(small(DropOldest), c, own)
		o.Push(delivery("0 "))
		synctest.Wait() // 0 is being written
		o.Push(control("c "))
		for i := 1; i < 10; i++ {
			require.True(t, o.Push(delivery(fmt.Sprintf("%d ", i))))
		}
		close(c.gate)
		synctest.Wait()
		assert.Equal(t, "0 <lost 6>c 7 8 9 ", c.written.String())
		assert.Empty(t, own.failures)
	})
}

// TestOverflowDropsNewest when everything older is being written (DL-8).
func TestOverflowDropsNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, own := &connection{gate: make(chan struct{})}, &owner{}
		o := New(small(DropOldest), c, own)
		o.PushRun(run(delivery("0"), delivery("1"), delivery("2"), delivery("3")))
		synctest.Wait() // all of them are being written
		assert.True(t, o.Push(delivery("4")))
		close(c.gate)
		synctest.Wait()
		assert.True(t, o.Push(delivery("5")))
		synctest.Wait()
		assert.Equal(t, "0123<lost 1>5", c.written.String())
		assert.Empty(t, own.failures)
	})
}

// TestControlFramesAreBounded although each is only a few bytes: what a client
// makes the server answer and does not read costs the queue's bound, not more
// (DL-8, LM-8).
func TestControlFramesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, own := &connection{gate: make(chan struct{})}, &owner{}
		o := New(&Options{MaxBytes: 100 * controlOverhead, MaxMessages: 4}, c, own)
		taken := 0
		for o.Push(control("!")) {
			taken++
		}
		assert.Less(t, taken, 100)
		assert.Equal(t, []error{ErrOverflow}, own.failures)
		close(c.gate)
	})
}

// TestTryPush takes what there is room for, and drops nothing for it.
func TestTryPush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, own := &connection{gate: make(chan struct{})}, &owner{}
		o := New(small(DropOldest), c, own)
		for i := range 4 {
			require.True(t, o.TryPush(delivery(fmt.Sprint(i))))
		}
		assert.False(t, o.TryPush(delivery("4")))
		close(c.gate)
		synctest.Wait()
		assert.Equal(t, "0123", c.written.String())
		o.Close(false)
		assert.False(t, o.TryPush(delivery("5")))
		assert.Empty(t, own.failures)
	})
}

// TestDroppingIsConstant drops deliveries behind any number of control frames
// without going through them each time: a stuck client slows nobody down (DL-8).
func TestDroppingIsConstant(t *testing.T) {
	var q queue
	const controls, deliveries = 100_000, 100_000
	for range controls {
		q.push(control("c"))
	}
	steps := 0
	for range deliveries {
		q.push(delivery("d"))
		before := q.scanned
		require.NotNil(t, q.removeFirstDelivery())
		steps += max(1, q.scanned-before)
	}
	assert.Equal(t, controls, q.len())
	assert.LessOrEqual(t, steps, 10*(controls+deliveries))
	assert.LessOrEqual(t, cap(q.frames), 4*controls)
}

// TestWriteError ends the outbox and tells its owner once.
func TestWriteError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken pipe")
		c, own := &connection{err: broken}, &owner{}
		o := New(small(Disconnect), c, own)
		assert.True(t, o.Push(delivery("0")))
		synctest.Wait()
		assert.False(t, o.Push(delivery("1")))
		assert.Equal(t, []error{broken}, own.failures)
		<-o.Close(false, control("<bye>"))
		synctest.Wait()
		assert.Len(t, own.failures, 1)
	})
}

// TestClose writes what is queued and the last frames, and takes nothing more.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &connection{}
		o := New(small(Disconnect), c, &owner{})
		o.Push(delivery("0"))
		done := o.Close(false, control("<bye>"))
		assert.False(t, o.Push(delivery("1")))
		assert.Equal(t, done, o.Close(true))
		<-done
		assert.Equal(t, "0<bye>", c.written.String())
		idle := New(small(Disconnect), c, &owner{})
		<-idle.Close(false)
	})
}

// TestPushRun takes many deliveries at once, and stops where there is no room.
func TestPushRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, own := &connection{}, &owner{}
		o := New(small(Disconnect), c, own)
		assert.True(t, o.PushRun(run(delivery("0"), delivery("1"))))
		synctest.Wait()
		assert.Equal(t, "01", c.written.String())
		five := run(delivery("2"), delivery("3"), delivery("4"), delivery("5"), delivery("6"))
		assert.False(t, o.PushRun(five))
		assert.False(t, o.PushRun(five))
		assert.Equal(t, []error{ErrOverflow}, own.failures)
	})
}

// TestOnWrite hears of each write.
func TestOnWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard []string
		options := small(Disconnect)
		options.OnWrite = func(messages, size int, oldest int64) {
			heard = append(heard, fmt.Sprint(messages, size, oldest))
		}
		c := &connection{gate: make(chan struct{})}
		o := New(options, c, &owner{})
		o.Push(control("c"))
		synctest.Wait() // it is being written
		o.Push(control("c"))
		o.PushRun(run(delivery("0"), delivery("1")))
		close(c.gate)
		synctest.Wait()
		assert.Equal(t, []string{"0 1 0", "2 3 7"}, heard)
	})
}

// TestQueueAgainstModel compares the queue with a slice.
func TestQueueAgainstModel(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var q queue
	var naive []*Frame
	b := new(batch)
	for step := range 60_000 {
		switch n := random.IntN(1000); {
		case n < 600+step/20_000*-200+300*(step/5_000%2):
			f := delivery("x")
			if n%5 == 0 {
				f = control("y")
			}
			q.push(f)
			naive = append(naive, f)
		case n < 990:
			q.fill(b)
			require.True(t, slices.Equal(naive[:b.n], b.frames()))
			naive = naive[b.n:]
			b.reset()
		case n < 998:
			naive = checkRemoveFirst(t, &q, naive)
		default:
			q.clear()
			naive = nil
		}
		require.Equal(t, len(naive), q.len())
	}
}

func checkRemoveFirst(t *testing.T, q *queue, naive []*Frame) []*Frame {
	removed := q.removeFirstDelivery()
	for i, f := range naive {
		if f.Messages > 0 {
			require.Same(t, f, removed)
			return append(append([]*Frame(nil), naive[:i]...), naive[i+1:]...)
		}
	}
	require.Nil(t, removed)
	return naive
}

// TestLargeFrames go out alone.
func TestLargeFrames(t *testing.T) {
	b := new(batch)
	var q queue
	for range 3 {
		q.push(delivery(string(make([]byte, batchBytes))))
	}
	q.fill(b)
	assert.Equal(t, 1, b.n)
	assert.Equal(t, 2, q.len())
}

type discard struct{}

func (discard) WriteFrames([]*Frame) error { return nil }

// BenchmarkFanOut pushes one frame to 1,000 outboxes.
func BenchmarkFanOut(b *testing.B) {
	options := &Options{MaxBytes: 8 << 20, MaxMessages: 65536}
	outboxes := make([]*Outbox, 1000)
	for i := range outboxes {
		outboxes[i] = New(options, discard{}, &owner{})
	}
	f := delivery(string(make([]byte, 150)))
	b.ReportAllocs()
	for b.Loop() {
		for _, o := range outboxes {
			o.Push(f)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/delivery")
}
