package inbox_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/inbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

var roomy = inbox.Limits{Messages: 1000, Bytes: 1 << 20}

func numbered(i int) *wire.Delivery {
	return &wire.Delivery{ID: wire.ID{Sequence: uint64(i)}, Payload: []byte(strconv.Itoa(i))}
}

// SDK-4: in order.
func TestItemsComeInOrder(t *testing.T) {
	box := inbox.New(roomy)
	var want []string
	for i := range 100 {
		box.Push(numbered(i))
		want = append(want, strconv.Itoa(i))
	}
	require.Equal(t, want, pop(t, box, 100))
}

// pop reads n items: payloads, "-n" for a loss here, "!n" for a loss at the
// server.
func pop(t *testing.T, box *inbox.Inbox, n int) (got []string) {
	t.Helper()
	for range n {
		item, err := box.Next(t.Context())
		require.NoError(t, err)
		switch {
		case item.AtServer:
			got = append(got, "!"+strconv.FormatUint(item.Lost, 10))
		case item.Lost > 0:
			got = append(got, "-"+strconv.FormatUint(item.Lost, 10))
		default:
			got = append(got, string(item.Delivery.Payload))
		}
	}
	return got
}

// SDK-11: when the buffer overflows the oldest go, and the reader is told how
// many before it gets what followed.
func TestOverflowDropsTheOldestAndSaysSo(t *testing.T) {
	box := inbox.New(inbox.Limits{Messages: 3, Bytes: 1 << 20})
	for i := range 10 {
		box.Push(numbered(i))
	}
	assert.Equal(t, []string{"-7", "7", "8", "9"}, pop(t, box, 4))
	box.Push(numbered(10))
	assert.Equal(t, []string{"10"}, pop(t, box, 1))
}

// SDK-11: the bound in bytes; one message always has room.
func TestOverflowByBytes(t *testing.T) {
	box := inbox.New(inbox.Limits{Messages: 1000, Bytes: 10})
	box.Push(&wire.Delivery{Payload: []byte("aaaa")})
	box.Push(&wire.Delivery{Payload: []byte("bbbb")})
	box.Push(&wire.Delivery{Payload: []byte("cccc")})
	assert.Equal(t, []string{"-1", "bbbb", "cccc"}, pop(t, box, 3))
	box.Push(&wire.Delivery{Payload: []byte("a payload beyond the limit")})
	assert.Equal(t, []string{"a payload beyond the limit"}, pop(t, box, 1))
}

// SF-16: what the server dropped stands where it happened.
func TestServerLossesKeepTheirPlace(t *testing.T) {
	box := inbox.New(inbox.Limits{Messages: 4, Bytes: 1 << 20})
	box.Push(numbered(1))
	box.PushLost(5)
	box.Push(numbered(2))
	assert.Equal(t, []string{"1", "!5", "2"}, pop(t, box, 3))

	box.Push(numbered(1))
	box.PushLost(5)
	for i := range 4 {
		box.Push(numbered(10 + i))
	}
	assert.Equal(t, []string{"-1", "!5", "10", "11", "12", "13"}, pop(t, box, 6), "a loss that is dropped is still told")
}

func TestEndKeepsWhatIsBuffered(t *testing.T) {
	box, cause := inbox.New(roomy), errors.New("denied")
	box.Push(numbered(1))
	box.End(cause)
	box.End(errors.New("too late"))
	box.Push(numbered(2))
	assert.Equal(t, []string{"1"}, pop(t, box, 1))
	_, err := box.Next(t.Context())
	require.ErrorIs(t, err, cause)
}

func TestCloseDiscardsWhatIsBuffered(t *testing.T) {
	box := inbox.New(roomy)
	box.Push(numbered(1))
	box.Close()
	_, err := box.Next(t.Context())
	require.ErrorIs(t, err, inbox.ErrClosed)
}

func TestAnEndedContextComesBeforeMessages(t *testing.T) {
	box := inbox.New(roomy)
	box.Push(numbered(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := box.Next(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, fault.Canceled, fault.From(err).Reason)
	assert.Equal(t, []string{"1"}, pop(t, box, 1))
}

// Several readers share an inbox: each item goes to one, and none sleeps while
// there is something to read.
func TestReadersShareTheItems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := inbox.New(roomy)
		var mu sync.Mutex
		got := map[uint64]int{}
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for {
					item, err := box.Next(t.Context())
					if err != nil {
						return
					}
					mu.Lock()
					got[item.Delivery.ID.Sequence]++
					mu.Unlock()
				}
			})
		}
		synctest.Wait()
		for i := range 200 {
			box.Push(numbered(i))
		}
		synctest.Wait()
		assert.Len(t, got, 200)
		box.End(errors.New("over"))
		readers.Wait()
		for i, times := range got {
			assert.Equal(t, 1, times, i)
		}
	})
}

// A reader whose context ends together with its wake-up passes it on.
func TestAWakeUpIsNeverLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 200 {
			box := inbox.New(roomy)
			hasty, cancel := context.WithCancel(t.Context())
			read := make(chan struct{}, 2)
			go func() {
				if _, err := box.Next(hasty); err == nil {
					read <- struct{}{}
				}
			}()
			go func() {
				if _, err := box.Next(t.Context()); err == nil {
					read <- struct{}{}
				}
			}()
			synctest.Wait()
			go cancel()
			box.Push(numbered(1))
			synctest.Wait()
			require.Len(t, read, 1)
			box.Close()
			synctest.Wait()
		}
	})
}

// Model test: whatever is pushed and read, nothing is lost without being told.
func FuzzNothingIsLostSilently(f *testing.F) {
	f.Add([]byte{1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 2, 1, 1}, uint8(3))
	f.Fuzz(func(t *testing.T, ops []byte, limit uint8) {
		box := inbox.New(inbox.Limits{Messages: int(limit%8) + 1, Bytes: 64})
		pushed, lostAtServer := uint64(0), uint64(0)
		next, told := uint64(0), uint64(0)
		read := func() bool {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			item, err := box.Next(ctx)
			switch {
			case err != nil:
				return false
			case item.AtServer:
				told += item.Lost
			case item.Lost > 0:
				next += item.Lost
			default:
				require.Equal(t, next, item.Delivery.ID.Sequence, "in order, gaps told before")
				next++
			}
			return true
		}
		available := func() bool { return pushed > next || lostAtServer > told }
		for _, op := range ops {
			switch op % 3 {
			case 0:
				if available() {
					require.True(t, read())
				}
			case 1:
				box.Push(numbered(int(pushed)))
				pushed++
			case 2:
				box.PushLost(2)
				lostAtServer += 2
			}
		}
		box.End(errors.New("over"))
		for read() {
		}
		require.Equal(t, pushed, next)
		require.Equal(t, lostAtServer, told)
	})
}

func BenchmarkPushNext(b *testing.B) {
	box := inbox.New(inbox.Limits{Messages: 65536, Bytes: 8 << 20})
	delivery, ctx := numbered(1), context.Background()
	b.ReportAllocs()
	for range b.N {
		box.Push(delivery)
		if _, err := box.Next(ctx); err != nil {
			b.Fatal(err)
		}
	}
}
