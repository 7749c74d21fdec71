package fastpubsub_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/nodetest"
)

// SDK-17: no test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "AT_00112233445566778899aabbccddeeff_secretsecretsecret"

type serveFunc func(*nodetest.Node, *tls.Config) string

// forEach runs a test over each transport.
func forEach(t *testing.T, test func(t *testing.T, serve serveFunc)) {
	t.Run("websocket", func(t *testing.T) {
		test(t, func(n *nodetest.Node, security *tls.Config) string { return n.ServeWebSocket(t, security) })
	})
	t.Run("grpc", func(t *testing.T) {
		test(t, func(n *nodetest.Node, security *tls.Config) string { return n.ServeGRPC(t, security) })
	})
}

// connect connects a client that is closed when the test ends.
func connect(t testing.TB, url string, options ...fastpubsub.Option) *fastpubsub.Client {
	t.Helper()
	options = append([]fastpubsub.Option{fastpubsub.WithToken(token), quiet()}, options...)
	client, err := fastpubsub.Connect(context.Background(), url, options...)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = client.Close(ctx)
	})
	return client
}

func quiet() fastpubsub.Option { return fastpubsub.WithLogger(slog.New(slog.DiscardHandler)) }

func subscribe(t testing.TB, client *fastpubsub.Client, pattern string, options ...fastpubsub.SubscribeOption) *fastpubsub.Subscription {
	t.Helper()
	sub, err := client.Subscribe(t.Context(), "t1", pattern, options...)
	require.NoError(t, err)
	return sub
}

// states records the states that a client goes through.
type states struct {
	changes chan fastpubsub.Status
}

func newStates() *states { return &states{changes: make(chan fastpubsub.Status, 100)} }

func (s *states) handler(status fastpubsub.Status) { s.changes <- status }

// until waits for a state.
func (s *states) until(t *testing.T, want fastpubsub.State) fastpubsub.Status {
	t.Helper()
	for {
		select {
		case status := <-s.changes:
			if status.State == want {
				return status
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("the client did not become %v", want)
		}
	}
}

// SDK-1, SDK-3, SDK-4, SDK-5: the whole way, over each transport.
func TestPublishAndReceive(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		client := connect(t, serve(nodetest.NewCluster().NewNode("n"), nil))
		sub := subscribe(t, client, "orders.*")
		assert.Equal(t, "t1", sub.Tenant())
		assert.Equal(t, "orders.*", sub.Pattern())
		before := time.Now()
		for i := range 100 {
			require.NoError(t, client.Publish(t.Context(), "t1", "orders.created", fmt.Append(nil, i)))
		}
		require.NoError(t, client.Publish(t.Context(), "", "orders.created", []byte("another tenant")))
		got := 0
		for msg, err := range sub.Messages(t.Context()) {
			require.NoError(t, err)
			assert.Equal(t, "t1", msg.Tenant)
			assert.Equal(t, "orders.created", msg.Channel)
			assert.Equal(t, fmt.Sprint(got), string(msg.Payload))
			assert.WithinDuration(t, before, msg.PublishedAt, time.Minute)
			assert.NotZero(t, msg.ID.Sequence)
			assert.Len(t, msg.ID.String(), 33)
			if got++; got == 100 {
				break
			}
		}
		_, err := sub.Next(t.Context())
		require.ErrorIs(t, err, fastpubsub.ReasonClosed, "leaving the loop has ended the subscription")
	})
}

// SDK-5, SDK-6: many publishes in flight.
func TestPublishAsync(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		client := connect(t, serve(nodetest.NewCluster().NewNode("n"), nil))
		sub := subscribe(t, client, "c")
		const total = 5000
		results := make([]*fastpubsub.PublishResult, total)
		for i := range results {
			results[i] = client.PublishAsync(t.Context(), "t1", "c", fmt.Append(nil, i))
		}
		for _, result := range results {
			<-result.Done()
			require.NoError(t, result.Wait(t.Context()))
		}
		for i := range total {
			msg, err := sub.Next(t.Context())
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(i), string(msg.Payload))
		}
		bad := client.PublishAsync(t.Context(), "t1", "c.*", nil)
		<-bad.Done()
		require.ErrorIs(t, bad.Wait(t.Context()), fastpubsub.ReasonChannelInvalid)
	})
}

// SDK-5: without acknowledgement; the refusal reaches the handler.
func TestPublishWithoutAck(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		node := nodetest.NewCluster().NewNode("n")
		node.Allow = func(name string) *nodetest.Refusal {
			if name == "forbidden" {
				return &nodetest.Refusal{Reason: fastpubsubv1.ErrorReason_ERROR_REASON_PUBLISH_DENIED, Text: "not there"}
			}
			return nil
		}
		refusals := make(chan error, 1)
		client := connect(t, serve(node, nil), fastpubsub.WithErrorHandler(func(err error) { refusals <- err }))
		sub := subscribe(t, client, "c")
		require.NoError(t, client.Publish(t.Context(), "t1", "forbidden", nil, fastpubsub.WithoutAck()))
		require.NoError(t, client.Publish(t.Context(), "t1", "c", []byte("x"), fastpubsub.WithoutAck()))
		msg, err := sub.Next(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "x", string(msg.Payload))
		require.ErrorIs(t, <-refusals, fastpubsub.ReasonPublishDenied)
		require.ErrorIs(t, client.Publish(t.Context(), "t1", "forbidden", nil), fastpubsub.ReasonPublishDenied)
	})
}

// DL-6: the delivery modes reach the server.
func TestDeliveryModes(t *testing.T) {
	assert.Equal(t, int(fastpubsubv1.DeliveryMode_DELIVERY_MODE_BROADCAST), int(fastpubsub.DeliverBroadcast))
	assert.Equal(t, int(fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_LOW_LATENCY), int(fastpubsub.DeliverOneLowLatency))
	assert.Equal(t, int(fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_RANDOM), int(fastpubsub.DeliverOneRandom))

	url := nodetest.NewCluster().NewNode("n").ServeWebSocket(t, nil)
	first, second := connect(t, url), connect(t, url)
	a, b := subscribe(t, first, "c"), subscribe(t, second, "c")
	for range 20 {
		require.NoError(t, first.Publish(t.Context(), "t1", "c", []byte("one"), fastpubsub.WithDelivery(fastpubsub.DeliverOneRandom)))
	}
	require.NoError(t, first.Publish(t.Context(), "t1", "c", []byte("end"), fastpubsub.WithDelivery(fastpubsub.DeliverBroadcast)))
	received := 0
	for _, sub := range []*fastpubsub.Subscription{a, b} {
		for {
			msg, err := sub.Next(t.Context())
			require.NoError(t, err)
			if string(msg.Payload) == "end" {
				break
			}
			received++
		}
	}
	assert.Equal(t, 20, received)
	err := first.Publish(t.Context(), "t1", "c", nil, fastpubsub.WithDelivery(9))
	require.ErrorIs(t, err, fastpubsub.ReasonRequestInvalid)
}

// SDK-11: a slow application gets an explicit lag, and the stream goes on.
func TestSlowConsumerLags(t *testing.T) {
	client := connect(t, nodetest.NewCluster().NewNode("n").ServeWebSocket(t, nil))
	slow := subscribe(t, client, "c", fastpubsub.WithBuffer(10, 1<<20))
	quick := subscribe(t, client, "c")
	for i := range 100 {
		require.NoError(t, client.Publish(t.Context(), "t1", "c", fmt.Append(nil, i)))
	}
	for range 100 {
		_, err := quick.Next(t.Context())
		require.NoError(t, err)
	}
	var lost uint64
	var got []string
	for msg, err := range slow.Messages(t.Context()) {
		var lagged *fastpubsub.LaggedError
		if errors.As(err, &lagged) {
			assert.False(t, lagged.AtServer)
			lost += lagged.Missed
			continue
		}
		require.NoError(t, err)
		if got = append(got, string(msg.Payload)); string(msg.Payload) == "99" {
			break
		}
	}
	assert.Equal(t, uint64(90), lost)
	assert.Equal(t, []string{"90", "91", "92", "93", "94", "95", "96", "97", "98", "99"}, got)
}

// SDK-3: the refusal has the catalogue's reason.
func TestSubscribeDenied(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		node := nodetest.NewCluster().NewNode("n")
		node.Allow = func(string) *nodetest.Refusal {
			return &nodetest.Refusal{Reason: fastpubsubv1.ErrorReason_ERROR_REASON_SUBSCRIBE_DENIED, Text: "not that"}
		}
		client := connect(t, serve(node, nil))
		_, err := client.Subscribe(t.Context(), "t1", "secret.>")
		var refusal *fastpubsub.Error
		require.ErrorAs(t, err, &refusal)
		assert.Equal(t, fastpubsub.ReasonSubscribeDenied, refusal.Reason)
		assert.False(t, refusal.Retryable)
		assert.Equal(t, "not that", refusal.Message)
		assert.Equal(t, "fastpubsub: SUBSCRIBE_DENIED: not that", err.Error())
	})
}

// SDK-12, SDK-7: a refused token ends Connect with its reason.
func TestConnectRefused(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		node := nodetest.NewCluster().NewNode("n")
		node.Admit = func(string) *nodetest.Refusal {
			return &nodetest.Refusal{Reason: fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_REVOKED, Text: "revoked"}
		}
		_, err := fastpubsub.Connect(t.Context(), serve(node, nil), fastpubsub.WithToken(token), quiet())
		require.ErrorIs(t, err, fastpubsub.ReasonTokenRevoked)
	})
}

func TestConnectUntilTheDeadline(t *testing.T) {
	var err error
	for patience := 100 * time.Millisecond; !errors.Is(err, fastpubsub.ReasonUnreachable); patience *= 2 {
		require.Less(t, patience, time.Minute, "enough for one attempt: %v", err)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, err = fastpubsub.Connect(ctx, "ws://127.0.0.1:1/ws", fastpubsub.WithToken(token), quiet())
		cancel()
		require.Error(t, err)
	}
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.ErrorContains(t, err, "refused")
}

// SDK-7, SDK-10: a connection that is cut comes back with its subscriptions.
func TestReconnect(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		node := nodetest.NewCluster().NewNode("n")
		seen := newStates()
		client := connect(t, serve(node, nil), fastpubsub.WithStateHandler(seen.handler), fastpubsub.WithBackoff(time.Millisecond, time.Second))
		sub := subscribe(t, client, "c")
		seen.until(t, fastpubsub.StateConnected)
		node.End(nil)
		lost := seen.until(t, fastpubsub.StateReconnecting)
		require.ErrorIs(t, lost.Cause, fastpubsub.ReasonConnectionLost)
		seen.until(t, fastpubsub.StateConnected)
		assert.Equal(t, fastpubsub.Status{State: fastpubsub.StateConnected}, client.Status())
		require.NoError(t, client.Publish(t.Context(), "t1", "c", []byte("again")))
		msg, err := sub.Next(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "again", string(msg.Payload))
	})
}

// SDK-7: a final reason ends the client and its subscriptions with the cause.
func TestRevoked(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		node := nodetest.NewCluster().NewNode("n")
		client := connect(t, serve(node, nil))
		sub := subscribe(t, client, "c")
		node.End(&nodetest.Refusal{Reason: fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_REVOKED, Text: "revoked"})
		var last error
		for _, err := range sub.Messages(t.Context()) {
			last = err
		}
		require.ErrorIs(t, last, fastpubsub.ReasonTokenRevoked)
		<-client.Done()
		assert.Equal(t, fastpubsub.StateClosed, client.Status().State)
		require.ErrorIs(t, client.Status().Cause, fastpubsub.ReasonTokenRevoked)
		require.ErrorIs(t, client.Publish(t.Context(), "t1", "c", nil), fastpubsub.ReasonTokenRevoked)
	})
}

// SDK-9, DL-10: a rolling restart: nothing is lost, shown twice, or out of order,
// and the client never is without a connection.
func TestRollingRestart(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		cluster := nodetest.NewCluster()
		node := cluster.NewNode("n")
		url := serve(node, nil)
		seen := newStates()
		client := connect(t, url, fastpubsub.WithStateHandler(seen.handler), fastpubsub.WithBackoff(time.Millisecond, time.Second))
		writer := connect(t, serve(cluster.NewNode("writer's"), nil))
		sub := subscribe(t, client, "c")

		stop, published := make(chan struct{}), make(chan int, 1)
		var publishing sync.WaitGroup
		publishing.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					published <- i
					return
				default:
					if !assert.NoError(t, writer.Publish(context.Background(), "t1", "c", fmt.Append(nil, i))) {
						published <- i
						return
					}
				}
			}
		})
		next := 0
		read := func(n int) {
			for range n {
				msg, err := sub.Next(t.Context())
				require.NoError(t, err)
				require.Equal(t, fmt.Sprint(next), string(msg.Payload))
				next++
			}
		}
		for moves := range 3 {
			read(50)
			node.Drain(5 * time.Second)
			node.Undrain()
			for node.Begun() < 2+moves {
				read(1)
			}
			for node.Sessions() > 1 {
				read(1)
			}
			require.NoError(t, client.Publish(t.Context(), "t1", "other", nil))
		}
		close(stop)
		publishing.Wait()
		read(<-published - next)
		assert.Equal(t, fastpubsub.StateConnecting, (<-seen.changes).State)
		assert.Equal(t, fastpubsub.StateConnected, (<-seen.changes).State)
		assert.Empty(t, seen.changes)
	})
}

// SDK-2: the source is asked before every attempt and before the expiry.
func TestTokenSource(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		t.Parallel()
		node := nodetest.NewCluster().NewNode("n")
		url := serve(node, nil)
		node.Welcome.TokenExpiresAt = soon(12 * time.Second) // enough for a busy machine to connect
		asked := make(chan string, 100)
		client := connectWithSource(t, url, func(context.Context) (string, error) {
			next := fmt.Sprintf("AT_%d_x", len(asked)+1)
			asked <- next
			return next, nil
		})
		require.Eventually(t, func() bool { return len(node.Tokens()) >= 2 }, time.Minute, time.Millisecond)
		assert.Equal(t, []string{"AT_1_x", "AT_2_x"}, node.Tokens()[:2])
		assert.Equal(t, 1, node.Sessions(), "without reconnecting")
		assert.Equal(t, fastpubsub.StateConnected, client.Status().State)
	})
}

// A source that fails with something final ends Connect.
func TestTokenSourceThatIsRefused(t *testing.T) {
	refusal := &fastpubsub.Error{Reason: fastpubsub.ReasonMasterTokenInvalid, Message: "no"}
	_, err := fastpubsub.Connect(t.Context(), "ws://127.0.0.1:1", quiet(),
		fastpubsub.WithTokenSource(func(context.Context) (string, error) { return "", refusal }))
	require.ErrorIs(t, err, fastpubsub.ReasonTokenSourceFailed)
	require.ErrorIs(t, err, fastpubsub.ReasonMasterTokenInvalid)
}

// SDK-13.
func TestRTT(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		client := connect(t, serve(nodetest.NewCluster().NewNode("n"), nil))
		rtt, err := client.Ping(t.Context())
		require.NoError(t, err)
		assert.Positive(t, rtt)
		assert.Positive(t, client.RTT())
	})
}

// SDK-17: closing flushes, ends loops without an error, and refuses what comes
// later.
func TestClose(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		cluster := nodetest.NewCluster()
		url := serve(cluster.NewNode("n"), nil)
		reader, client := connect(t, url), connect(t, url)
		sub, own := subscribe(t, reader, "c"), subscribe(t, client, "c")
		ended := make(chan error, 1)
		go func() {
			var last error
			for _, err := range own.Messages(context.Background()) {
				last = err
			}
			ended <- last
		}()
		for i := range 1000 {
			require.NoError(t, client.Publish(t.Context(), "t1", "c", fmt.Append(nil, i), fastpubsub.WithoutAck()))
		}
		require.NoError(t, client.Close(t.Context()))
		require.NoError(t, <-ended)
		for range 1000 {
			_, err := sub.Next(t.Context())
			require.NoError(t, err)
		}
		require.ErrorIs(t, client.Publish(t.Context(), "t1", "c", nil), fastpubsub.ReasonClosed)
		_, err := client.Subscribe(t.Context(), "t1", "c")
		require.ErrorIs(t, err, fastpubsub.ReasonClosed)
		assert.Equal(t, fastpubsub.Status{State: fastpubsub.StateClosed}, client.Status())
		require.NoError(t, client.Close(t.Context()))
	})
}

// SDK-4: unsubscribing in order keeps what has come; the context ends a wait.
func TestUnsubscribe(t *testing.T) {
	client := connect(t, nodetest.NewCluster().NewNode("n").ServeWebSocket(t, nil))
	sub := subscribe(t, client, "c")
	require.NoError(t, client.Publish(t.Context(), "t1", "c", []byte("x")))
	require.NoError(t, sub.Unsubscribe(t.Context()))
	var got []string
	for msg, err := range sub.Messages(t.Context()) {
		require.NoError(t, err)
		got = append(got, string(msg.Payload))
	}
	assert.Equal(t, []string{"x"}, got)

	other := subscribe(t, client, "d")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := other.Next(ctx)
	require.ErrorIs(t, err, fastpubsub.ReasonCanceled)
	require.ErrorIs(t, err, context.Canceled)
	for _, err := range other.Messages(ctx) {
		require.ErrorIs(t, err, context.Canceled)
	}
}

// SDK-18: one connection serves many goroutines.
func TestManyGoroutines(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		client := connect(t, serve(nodetest.NewCluster().NewNode("n"), nil))
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				channel := fmt.Sprintf("c.%d", i)
				sub, err := client.Subscribe(context.Background(), "t1", channel)
				if !assert.NoError(t, err) {
					return
				}
				for j := range 50 {
					assert.NoError(t, client.Publish(context.Background(), "t1", channel, fmt.Append(nil, j)))
				}
				got := 0
				for msg, err := range sub.Messages(context.Background()) {
					if !assert.NoError(t, err) || !assert.Equal(t, fmt.Sprint(got), string(msg.Payload)) {
						return
					}
					if got++; got == 50 {
						break
					}
				}
			})
		}
		all.Wait()
	})
}

func soon(after time.Duration) *timestamppb.Timestamp { return timestamppb.New(time.Now().Add(after)) }

func connectWithSource(t *testing.T, url string, source fastpubsub.TokenSource) *fastpubsub.Client {
	t.Helper()
	client, err := fastpubsub.Connect(t.Context(), url, fastpubsub.WithTokenSource(source), quiet())
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close(context.Background()) })
	return client
}
