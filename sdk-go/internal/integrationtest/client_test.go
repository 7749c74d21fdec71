package integrationtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
	"github.com/fastpubsub/fastpubsub/server"
)

// forEach runs a test on each transport against one server.
func forEach(t *testing.T, test func(t *testing.T, b *bench, url string)) {
	b := newBench(t)
	for transport, url := range b.urls() {
		t.Run(transport, func(t *testing.T) { test(t, b, url) })
	}
}

// SDK-1, SDK-3, SDK-4, SDK-5, SDK-6, DL-4, DL-5.
func TestPublishAndReceive(t *testing.T) {
	forEach(t, func(t *testing.T, b *bench, url string) {
		client := connect(t, url, fastpubsub.WithToken(b.create(time.Hour).Token()))
		sub, err := client.Subscribe(t.Context(), "t1", "open.*")
		require.NoError(t, err)
		const total = 10_000
		results := make([]*fastpubsub.PublishResult, total)
		for i := range results {
			results[i] = client.PublishAsync(t.Context(), "t1", "open.a", payload(i))
		}
		for _, result := range results {
			require.NoError(t, result.Wait(t.Context()))
		}
		next := 0
		for msg, err := range sub.Messages(t.Context()) {
			require.NoError(t, err)
			require.Equal(t, string(payload(next)), string(msg.Payload))
			assert.WithinDuration(t, time.Now(), msg.PublishedAt, time.Minute)
			if next++; next == total {
				break
			}
		}
		rtt, err := client.Ping(t.Context())
		require.NoError(t, err)
		assert.Positive(t, rtt)
		require.NoError(t, client.Close(t.Context()))
	})
}

// SDK-12: refusals carry the catalogue's reason.
func TestRefusals(t *testing.T) {
	forEach(t, func(t *testing.T, b *bench, url string) {
		refusals := make(chan error, 1)
		client := connect(t, url, fastpubsub.WithToken(b.create(time.Hour).Token()), fastpubsub.WithErrorHandler(func(err error) { refusals <- err }))
		_, err := client.Subscribe(t.Context(), "t1", ">")
		require.ErrorIs(t, err, fastpubsub.ReasonSubscribeDenied)
		require.ErrorIs(t, client.Publish(t.Context(), "t1", "closed", nil), fastpubsub.ReasonPublishDenied)
		require.NoError(t, client.Publish(t.Context(), "t1", "closed", nil, fastpubsub.WithoutAck()))
		require.ErrorIs(t, <-refusals, fastpubsub.ReasonPublishDenied)

		_, err = fastpubsub.Connect(t.Context(), url, fastpubsub.WithToken("AT_00_11"))
		require.ErrorIs(t, err, fastpubsub.ReasonTokenInvalid)
		strict := right(time.Hour)
		strict.AllowIPMasks = []string{"192.0.2.1"}
		elsewhere, err := b.tokens.Create(t.Context(), fastpubsub.TokenRequest{Right: strict})
		require.NoError(t, err)
		_, err = fastpubsub.Connect(t.Context(), url, fastpubsub.WithToken(elsewhere.Token()))
		require.ErrorIs(t, err, fastpubsub.ReasonIPNotAllowed)
	})
}

// shortLife is the life of a token that runs out during a test: long enough for a
// busy machine to connect with it, or to renew it in the last third.
const shortLife = 12 * time.Second

// TK-9, SDK-7: a fixed token that runs out ends the client.
func TestFixedTokenExpires(t *testing.T) {
	t.Parallel()
	forEach(t, func(t *testing.T, b *bench, url string) {
		t.Parallel()
		client := connect(t, url, fastpubsub.WithToken(b.create(shortLife).Token()))
		<-client.Done()
		require.ErrorIs(t, client.Status().Cause, fastpubsub.ReasonTokenExpired)
	})
}

// SDK-2: a token source keeps the connection beyond the first token's expiry.
func TestTokenIsRenewedInPlace(t *testing.T) {
	t.Parallel()
	forEach(t, func(t *testing.T, b *bench, url string) {
		t.Parallel()
		asked := make(chan struct{}, 100)
		changes := &recorder{}
		client := connect(t, url, fastpubsub.WithStateHandler(changes.note),
			fastpubsub.WithTokenSource(func(ctx context.Context) (string, error) {
				created, err := b.tokens.Create(ctx, fastpubsub.TokenRequest{Right: right(shortLife)})
				if err != nil {
					return "", err
				}
				asked <- struct{}{}
				return created.Token(), nil
			}))
		for range 3 { // the third is asked for after the first has expired
			<-asked
		}
		require.NoError(t, client.Publish(t.Context(), "t1", "open.a", nil))
		require.NoError(t, client.Close(t.Context()))
		<-client.Done()
		assert.NotContains(t, changes.seen(), fastpubsub.StateReconnecting)
	})
}

// TK-10, SDK-7: a revoked token ends the client.
func TestRevoked(t *testing.T) {
	forEach(t, func(t *testing.T, b *bench, url string) {
		created := b.create(time.Hour)
		client := connect(t, url, fastpubsub.WithToken(created.Token()))
		sub, err := client.Subscribe(t.Context(), "t1", "open.a")
		require.NoError(t, err)
		require.NoError(t, b.tokens.Revoke(t.Context(), created.ID))
		_, err = sub.Next(t.Context())
		require.ErrorIs(t, err, fastpubsub.ReasonTokenRevoked)
		<-client.Done()
	})
}

// DL-10, SDK-9: a server that is drained lets the client move to the next one; the
// client never is without a connection, and the drained server does not have to
// wait for its time to run out.
func TestDrain(t *testing.T) {
	for _, transport := range []string{"websocket", "grpc"} {
		t.Run(transport, func(t *testing.T) {
			old, fresh := newBench(t), newBench(t)
			address := func(b *bench) string {
				if transport == "grpc" {
					return b.server.GRPCAddr()
				}
				return b.server.HTTPAddr()
			}
			road := newForward(t, address(old))
			url := "ws://" + road.listener.Addr().String() + "/ws"
			if transport == "grpc" {
				url = "grpc://" + road.listener.Addr().String()
			}

			changes := &recorder{}
			tokens := make(chan string, 2)
			tokens <- old.create(time.Hour).Token()
			tokens <- fresh.create(time.Hour).Token()
			client := connect(t, url, fastpubsub.WithStateHandler(changes.note),
				fastpubsub.WithTokenSource(func(context.Context) (string, error) { return <-tokens, nil }))
			sub, err := client.Subscribe(t.Context(), "t1", "open.a")
			require.NoError(t, err)
			require.NoError(t, client.Publish(t.Context(), "t1", "open.a", payload(0)))

			target := address(fresh)
			road.target.Store(&target)
			began := time.Now()
			old.server.Drain()
			require.NoError(t, <-old.ended)
			assert.Less(t, time.Since(began), 20*time.Second, "the drain time is 30 s")
			require.NoError(t, client.Publish(t.Context(), "t1", "open.a", payload(1)))
			for i := range 2 {
				msg, err := sub.Next(t.Context())
				require.NoError(t, err)
				assert.Equal(t, string(payload(i)), string(msg.Payload))
			}
			assert.Equal(t, []fastpubsub.State{fastpubsub.StateConnecting, fastpubsub.StateConnected}, changes.seen())
		})
	}
}

// SDK-8, SDK-16: the server's own limits count.
func TestServerLimits(t *testing.T) {
	b := newBench(t, func(c *server.Config) { c.Limits.Subscriptions = 1 })
	for _, url := range b.urls() {
		client := connect(t, url, fastpubsub.WithToken(b.create(time.Hour).Token()))
		_, err := client.Subscribe(t.Context(), "t1", "open.a")
		require.NoError(t, err)
		_, err = client.Subscribe(t.Context(), "t1", "open.b")
		require.ErrorIs(t, err, fastpubsub.ReasonTooManySubscriptions)
		require.ErrorIs(t, client.Publish(t.Context(), "t1", "open.a", make([]byte, 70_000)), fastpubsub.ReasonPayloadTooLarge)
	}
}
