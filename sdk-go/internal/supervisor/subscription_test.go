package supervisor_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/inbox"
)

// SDK-3: a refusal reaches the caller with the catalogue's reason.
func TestSubscribeDenied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		synctest.Wait()
		n.answerWith(func(request *fastpubsubv1.SessionRequest) bool {
			if command := request.GetSubscribe(); command != nil {
				n.Fail(command.GetRequestId(), fastpubsubv1.ErrorReason_ERROR_REASON_SUBSCRIBE_DENIED, "not that")
				return true
			}
			return false
		})
		_, err := b.client.Subscribe(t.Context(), "", "secret.>", b.limits())
		assert.Equal(t, fault.SubscribeDenied, fault.From(err).Reason)
		assert.False(t, fault.From(err).Retryable())
	})
}

// SDK-18: local subscriptions to one pattern share it on the wire.
func TestSharedPattern(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		first, second := b.subscribe("a"), b.subscribe("a")
		n.deliver(1, "a")
		assert.Equal(t, "1", next(t, first))
		assert.Equal(t, "1", next(t, second))
		first.Close()
		first.Close()
		n.deliver(2, "a")
		assert.Equal(t, "2", next(t, second))
		assert.Equal(t, []string{"sub a"}, n.seen())
		second.Close()
		assert.Equal(t, []string{"sub a", "unsub a"}, n.seen())
	})
}

// SDK-4: ending a subscription unsubscribes; in order means that what came until
// the acknowledgement can still be read.
func TestUnsubscribe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		s := b.subscribe("a")
		synctest.Wait()
		n.answerWith(func(request *fastpubsubv1.SessionRequest) bool {
			if request.GetUnsubscribe() != nil {
				n.deliver(1, "a")
			}
			return false
		})
		require.NoError(t, s.Unsubscribe(t.Context()))
		n.deliver(2, "a")
		synctest.Wait()
		assert.Equal(t, "1", next(t, s))
		_, err := s.Inbox.Next(t.Context())
		require.ErrorIs(t, err, inbox.ErrClosed)
		require.NoError(t, s.Unsubscribe(t.Context()), "again changes nothing")
	})
}

// There is nobody to ask while there is no connection.
func TestUnsubscribeWhileReconnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start()
		s, other := b.subscribe("a"), b.subscribe("b")
		n.Close()
		synctest.Wait()
		require.NoError(t, s.Unsubscribe(t.Context()))
		fresh := b.accept()
		assert.Equal(t, []string{"sub b"}, fresh.seen())
		fresh.deliver(1, "b")
		assert.Equal(t, "1", next(t, other))
	})
}
