package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/outbox"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/registry"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

const megabyte = 1 << 20

var roomy = outbox.Limits{Messages: 1000, Bytes: megabyte}

func message(payload string) *wire.Outgoing {
	return &wire.Outgoing{Tenant: "~", Channel: "c", Payload: []byte(payload)}
}

func publish(t *testing.T, o *outbox.Outbox, payload string, ack bool) *outbox.Ticket {
	t.Helper()
	ticket, err := o.Publish(t.Context(), message(payload), ack)
	require.NoError(t, err)
	return ticket
}

// contents decodes a frame: each payload, with * when an acknowledgement is
// wanted.
func contents(t *testing.T, batch *outbox.Batch) string {
	t.Helper()
	var request fastpubsubv1.SessionRequest
	require.NoError(t, proto.Unmarshal(batch.Frame, &request))
	var got []string
	for _, m := range request.GetPublish().GetMessages() {
		text := string(m.GetPayload())
		if m.GetRequestId() != 0 {
			text += "*"
		}
		got = append(got, text)
	}
	return strings.Join(got, " ")
}

// SDK-6: everything that is pending shares one frame, in order.
func TestPendingPublishesShareAFrame(t *testing.T) {
	o, c := outbox.New(roomy), outbox.NewConsumer()
	o.Attach(c)
	for i := range 5 {
		publish(t, o, fmt.Sprint(i), i%2 == 0)
	}
	var batch outbox.Batch
	assert.False(t, o.Flushed())
	require.True(t, o.Take(c, megabyte, &batch))
	assert.True(t, o.Flushed())
	assert.Equal(t, "0* 1 2* 3 4*", contents(t, &batch))
	assert.Len(t, batch.Acks, 3)
	assert.Equal(t, 2, batch.Unacknowledged)
	assert.False(t, o.Take(c, megabyte, &batch))
}

// Publishes and commands keep their order: a command ends a frame.
func TestCommandsKeepTheirPlace(t *testing.T) {
	r := registry.New()
	member, err := r.Join("~", "p", nil)
	require.NoError(t, err)
	o, c := outbox.New(roomy), outbox.NewConsumer()
	o.Attach(c)
	publish(t, o, "1", true)
	o.Sync(member.Route(), nil)
	publish(t, o, "2", true)
	publish(t, o, "3", true)
	ping := o.Ping()

	var batch outbox.Batch
	require.True(t, o.Take(c, megabyte, &batch))
	assert.Equal(t, "1*", contents(t, &batch))
	require.True(t, o.Take(c, megabyte, &batch))
	assert.True(t, batch.HasCommand)
	assert.Same(t, member.Route(), batch.Command.Route)
	require.True(t, o.Take(c, megabyte, &batch))
	assert.Equal(t, "2* 3*", contents(t, &batch))
	require.True(t, o.Take(c, megabyte, &batch))
	assert.Same(t, ping, batch.Command.Receipt)
	assert.Nil(t, batch.Command.Route)
}

// The server's frame limit is respected; what is too long for any frame fails.
func TestFramesStayBelowTheLimit(t *testing.T) {
	o, c := outbox.New(roomy), outbox.NewConsumer()
	o.Attach(c)
	for range 10 {
		publish(t, o, strings.Repeat("x", 100), true)
	}
	tooLong := publish(t, o, strings.Repeat("y", 500), true)
	publish(t, o, strings.Repeat("z", 500), false)
	last := publish(t, o, "last", true)
	var batch outbox.Batch
	frames, messages, tooLarge := 0, 0, 0
	for o.Take(c, 400, &batch) {
		assert.LessOrEqual(t, len(batch.Frame), 400)
		frames++
		messages += len(batch.Acks)
		tooLarge += batch.TooLarge
	}
	assert.Equal(t, 4, frames, "three of 100 bytes fit into one frame")
	assert.Equal(t, 11, messages)
	assert.Equal(t, 1, tooLarge)
	assert.Equal(t, fault.PayloadTooLarge, fault.From(tooLong.Err()).Reason)
	assert.False(t, last.Completed())
}

// SDK-5: without acknowledgement a publish is done at once while connected, and
// when a transport has taken it otherwise.
func TestUnacknowledgedPublish(t *testing.T) {
	o, c := outbox.New(roomy), outbox.NewConsumer()
	waiting := publish(t, o, "early", false)
	require.NotNil(t, waiting)
	o.Attach(c)
	assert.Nil(t, publish(t, o, "late", false))
	var batch outbox.Batch
	require.True(t, o.Take(c, megabyte, &batch))
	require.Len(t, batch.Handed, 1)
	assert.Same(t, &waiting.Receipt, batch.Handed[0])
}

// SDK-8: without a connection publishes wait in a bounded buffer; when it is full
// they fail with a clear error.
func TestBufferFullWithoutAConnection(t *testing.T) {
	byCount := outbox.New(outbox.Limits{Messages: 2, Bytes: megabyte})
	publish(t, byCount, "1", true)
	publish(t, byCount, "2", true)
	_, err := byCount.Publish(t.Context(), message("3"), true)
	assert.Equal(t, fault.BufferFull, fault.From(err).Reason)
	assert.True(t, fault.From(err).Retryable())

	byBytes := outbox.New(outbox.Limits{Messages: 100, Bytes: 50})
	publish(t, byBytes, strings.Repeat("x", 1000), true) // one always has room
	_, err = byBytes.Publish(t.Context(), message("y"), true)
	assert.Equal(t, fault.BufferFull, fault.From(err).Reason)
}

// While connected a publisher waits for room instead; losing the connection, or
// the publisher's own deadline, ends the wait.
func TestAPublisherWaitsForRoomWhileConnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, c := outbox.New(outbox.Limits{Messages: 1, Bytes: megabyte}), outbox.NewConsumer()
		o.Attach(c)
		publish(t, o, "1", true)
		results := make(chan error, 1)
		try := func(ctx context.Context) {
			go func() {
				_, err := o.Publish(ctx, message("2"), true)
				results <- err
			}()
			synctest.Wait()
			require.Empty(t, results)
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		try(ctx)
		assert.Equal(t, fault.TimedOut, fault.From(<-results).Reason)
		cancel()

		try(t.Context())
		o.Detach(outbox.NewConsumer()) // another connection's end changes nothing
		synctest.Wait()
		require.Empty(t, results)
		o.Detach(c)
		assert.Equal(t, fault.BufferFull, fault.From(<-results).Reason)

		o.Attach(c)
		try(t.Context())
		var batch outbox.Batch
		require.True(t, o.Take(c, megabyte, &batch))
		synctest.Wait()
		require.Empty(t, results, "it counts until it is acknowledged")
		o.Release(1)
		require.NoError(t, <-results)
	})
}

// SDK-8: a queued publish fails at its own deadline and is never sent.
func TestAQueuedPublishExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, c := outbox.New(roomy), outbox.NewConsumer()
		var tickets []*outbox.Ticket
		for _, after := range []time.Duration{3 * time.Second, time.Second, 2 * time.Second, 10 * time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			ticket, err := o.Publish(ctx, message(after.String()), true)
			require.NoError(t, err)
			tickets = append(tickets, ticket)
		}
		start := time.Now()
		for _, i := range []int{1, 2, 0} {
			<-tickets[i].Done()
			require.ErrorIs(t, tickets[i].Err(), context.DeadlineExceeded)
			assert.Equal(t, fault.TimedOut, fault.From(tickets[i].Err()).Reason)
		}
		assert.Equal(t, 3*time.Second, time.Since(start))
		o.Attach(c)
		var batch outbox.Batch
		require.True(t, o.Take(c, megabyte, &batch))
		assert.Equal(t, "10s*", contents(t, &batch))
		require.Equal(t, 0, o.Fail(fault.New(fault.Closed, "over")))
	})
}

func TestWithdraw(t *testing.T) {
	o, c := outbox.New(outbox.Limits{Messages: 2, Bytes: megabyte}), outbox.NewConsumer()
	first, second := publish(t, o, "1", true), publish(t, o, "2", true)
	reason := fault.New(fault.Canceled, "given up")
	assert.True(t, o.Withdraw(first, reason))
	assert.False(t, o.Withdraw(first, reason))
	require.ErrorIs(t, first.Err(), reason)
	publish(t, o, "3", true) // there is room again
	o.Attach(c)
	var batch outbox.Batch
	require.True(t, o.Take(c, megabyte, &batch))
	assert.Equal(t, "2* 3*", contents(t, &batch))
	assert.False(t, o.Withdraw(second, reason), "it is on its way")
	assert.False(t, second.Completed())
}

// What has not been handed over stays for the next connection.
func TestTheQueueOutlivesAConnection(t *testing.T) {
	o, first, second := outbox.New(roomy), outbox.NewConsumer(), outbox.NewConsumer()
	o.Attach(first)
	publish(t, o, "1", true)
	o.Detach(first)
	var batch outbox.Batch
	assert.False(t, o.Take(first, megabyte, &batch))
	publish(t, o, "2", true)
	o.Attach(second)
	<-second.Wake()
	assert.False(t, o.Take(first, megabyte, &batch))
	require.True(t, o.Take(second, megabyte, &batch))
	assert.Equal(t, "1* 2*", contents(t, &batch))
}

// SDK-9: while the client moves nobody takes, and the client counts as connected.
func TestPause(t *testing.T) {
	o, c := outbox.New(outbox.Limits{Messages: 1, Bytes: megabyte}), outbox.NewConsumer()
	o.Attach(c)
	o.Disconnect() // there is a consumer
	assert.Nil(t, publish(t, o, "1", false))
	o.Pause()
	var batch outbox.Batch
	assert.False(t, o.Take(c, megabyte, &batch))
	o.Disconnect()
	_, err := o.Publish(t.Context(), message("2"), false)
	assert.Equal(t, fault.BufferFull, fault.From(err).Reason)
}

// SDK-17: after the end everything fails, and it is known what is gone that was
// said to be on its way.
func TestSealAndFail(t *testing.T) {
	o, c := outbox.New(roomy), outbox.NewConsumer()
	o.Attach(c)
	acked := publish(t, o, "1", true)
	publish(t, o, "2", false)
	publish(t, o, "3", false)
	closed := fault.New(fault.Closed, "closed")
	o.Seal(closed)
	_, err := o.Publish(t.Context(), message("4"), true)
	require.ErrorIs(t, err, closed)
	ping := o.Ping() // to flush what is queued
	assert.False(t, ping.Completed())
	assert.False(t, o.Flushed())

	assert.Equal(t, 2, o.Fail(closed))
	require.ErrorIs(t, acked.Err(), closed)
	require.ErrorIs(t, ping.Err(), closed)
	require.ErrorIs(t, o.Ping().Err(), closed)
	o.Sync(nil, nil)
}

func TestThePayloadIsCopied(t *testing.T) {
	o, c := outbox.New(roomy), outbox.NewConsumer()
	o.Attach(c)
	payload := []byte("before")
	_, err := o.Publish(t.Context(), &wire.Outgoing{Tenant: "~", Channel: "c", Payload: payload}, true)
	require.NoError(t, err)
	copy(payload, "after!")
	var batch outbox.Batch
	require.True(t, o.Take(c, megabyte, &batch))
	assert.Equal(t, "before*", contents(t, &batch))
}

// Model test: whatever is put, taken, withdrawn and released, the order holds,
// nothing is sent twice, and the room comes back.
func FuzzOutboxAgainstModel(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 0, 0, 4, 3, 5, 0, 1, 2, 3})
	f.Fuzz(func(t *testing.T, ops []byte) {
		o, c := outbox.New(outbox.Limits{Messages: 8, Bytes: megabyte}), outbox.NewConsumer()
		o.Attach(c)
		var model []string // what must be sent, in order
		var tickets []*outbox.Ticket
		var batch outbox.Batch
		awaiting, next := 0, 0
		take := func() {
			for o.Take(c, 60, &batch) {
				sent := strings.Fields(contents(t, &batch))
				require.Equal(t, model[:len(sent)], sent)
				model = model[len(sent):]
				awaiting += len(batch.Acks)
			}
		}
		for _, op := range ops {
			switch op % 5 {
			case 0, 1:
				ack := op%5 == 0
				if awaiting+len(model) >= 8 {
					continue
				}
				ticket := publish(t, o, fmt.Sprint(next), ack)
				text := fmt.Sprint(next)
				if ack {
					text += "*"
					tickets = append(tickets, ticket)
				}
				model, next = append(model, text), next+1
			case 2:
				take()
			case 3:
				o.Release(awaiting)
				awaiting = 0
			case 4:
				if len(tickets) == 0 {
					continue
				}
				ticket := tickets[len(tickets)-1]
				tickets = tickets[:len(tickets)-1]
				if o.Withdraw(ticket, fault.New(fault.Canceled, "")) {
					for i := len(model) - 1; i >= 0; i-- {
						if strings.HasSuffix(model[i], "*") {
							model = append(model[:i:i], model[i+1:]...)
							break
						}
					}
				}
			}
		}
		take()
		require.Empty(t, model)
		o.Release(awaiting)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 8 {
			_, err := o.Publish(ctx, message("x"), true)
			require.NoError(t, err, "all the room is there again")
		}
		_, err := o.Publish(ctx, message("x"), true)
		require.True(t, errors.Is(err, context.Canceled))
	})
}

func BenchmarkPublishTake(b *testing.B) {
	o, c := outbox.New(outbox.Limits{Messages: 65536, Bytes: 8 * megabyte}), outbox.NewConsumer()
	o.Attach(c)
	m, ctx := message(strings.Repeat("x", 128)), context.Background()
	var batch outbox.Batch
	b.ReportAllocs()
	for i := range b.N {
		if _, err := o.Publish(ctx, m, false); err != nil {
			b.Fatal(err)
		}
		if i%100 == 99 {
			for o.Take(c, megabyte, &batch) {
			}
		}
	}
}
