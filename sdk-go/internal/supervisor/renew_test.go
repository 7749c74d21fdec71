package supervisor_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transporttest"
)

// counting gives AT_1_x, AT_2_x, …
func counting() (sourceFunc, *atomic.Int64) {
	asked := new(atomic.Int64)
	return func(context.Context) (string, error) {
		return fmt.Sprintf("AT_%d_x", asked.Add(1)), nil
	}, asked
}

// renewing answers authenticate with a further hour.
func renewing(n *node) func(*fastpubsubv1.SessionRequest) bool {
	return func(request *fastpubsubv1.SessionRequest) bool {
		command := request.GetAuthenticate()
		if command == nil {
			return false
		}
		n.note("auth " + command.GetToken())
		n.Send(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Success{Success: &fastpubsubv1.Success{
			RequestIds: []uint64{command.GetRequestId()}, TokenExpiresAt: timestamppb.New(time.Now().Add(time.Hour)),
		}}})
		return true
	}
}

// SDK-2: the source is asked before every attempt and shortly before the expiry;
// the fresh token goes out without reconnecting, again and again.
func TestTheTokenIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		source, asked := counting()
		b.config.Source = source
		n := b.start(transporttest.TokenExpires(time.Now().Add(time.Hour)))
		n.answerWith(renewing(n))
		assert.Equal(t, int64(1), asked.Load())
		time.Sleep(59*time.Minute - time.Second)
		assert.Empty(t, n.seen())
		time.Sleep(2 * time.Second)
		assert.Equal(t, []string{"auth AT_2_x"}, n.seen())
		time.Sleep(time.Hour)
		assert.Equal(t, []string{"auth AT_2_x", "auth AT_3_x"}, n.seen())
		states, _ := b.seen()
		only(t, states)

		n.Close()
		assert.Equal(t, "AT_4_x", b.network.Next().Token)
	})
}

// SDK-2: a source that fails is asked again before the expiry, and the
// application is told.
func TestAFailedRenewalIsRepeatedAndReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		calls := 0
		b.config.Source = sourceFunc(func(context.Context) (string, error) {
			if calls++; calls == 2 || calls == 3 {
				return "", errors.New("vault is sealed")
			}
			return fmt.Sprintf("AT_%d_x", calls), nil
		})
		n := b.start(transporttest.TokenExpires(time.Now().Add(time.Hour)))
		n.answerWith(renewing(n))
		time.Sleep(time.Hour)
		assert.Equal(t, []string{"auth AT_4_x"}, n.seen())
		_, reported := b.seen()
		require.Len(t, reported, 2)
		assert.Equal(t, fault.TokenSourceFailed, reported[0].Reason)
		assert.ErrorContains(t, reported[0], "vault is sealed")
		states, _ := b.seen()
		only(t, states)
	})
}

// A fresh token that the server refuses is reported; the old one stays, until it
// expires.
func TestARefusedRenewalIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		source, asked := counting()
		b.config.Source = source
		n := b.start(transporttest.TokenExpires(time.Now().Add(3 * time.Minute)))
		n.answerWith(func(request *fastpubsubv1.SessionRequest) bool {
			if command := request.GetAuthenticate(); command != nil {
				n.Fail(command.GetRequestId(), fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "unknown")
				return true
			}
			return false
		})
		time.Sleep(3 * time.Minute)
		_, reported := b.seen()
		require.NotEmpty(t, reported)
		assert.Equal(t, fault.TokenInvalid, reported[0].Reason)
		assert.InDelta(t, 7, asked.Load(), 1, "once to connect, then every ten seconds in the last minute")
		states, _ := b.seen()
		only(t, states)
	})
}

// SDK-7: TOKEN_EXPIRED reconnects with a source that can give a fresh token.
func TestExpiredWithASource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		source, _ := counting()
		b.config.Source = source
		n := b.start()
		n.End(fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, "ran out")
		dial := b.network.Next()
		assert.Equal(t, "AT_2_x", dial.Token)
		dial.Refuse(fault.New(fault.TokenExpired, "still"))
		dial = b.network.Next()
		assert.Equal(t, "AT_3_x", dial.Token)
		states, _ := b.seen()
		assert.Equal(t, []string{"CONNECTING", "CONNECTED", "RECONNECTING TOKEN_EXPIRED"}, states)
	})
}

// SDK-7: TOKEN_EXPIRED ends a client with a fixed token, which is never renewed.
func TestExpiredWithAFixedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		n := b.start(transporttest.TokenExpires(time.Now().Add(time.Minute)))
		time.Sleep(time.Minute)
		assert.Empty(t, n.seen())
		n.End(fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, "ran out")
		<-b.client.Done()
		states, _ := b.seen()
		assert.Equal(t, []string{"CONNECTING", "CONNECTED", "CLOSED TOKEN_EXPIRED"}, states)
	})
}

// A source that fails while reconnecting is an attempt that failed, and is
// reported.
func TestTheSourceFailsWhileReconnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		calls := 0
		b.config.Source = sourceFunc(func(context.Context) (string, error) {
			if calls++; calls == 2 {
				return "", errors.New("vault is sealed")
			}
			return "AT_1_x", nil
		})
		b.start().Close()
		b.accept()
		states, reported := b.seen()
		assert.Equal(t, []string{"CONNECTING", "CONNECTED", "RECONNECTING CONNECTION_LOST", "CONNECTED"}, states)
		require.Len(t, reported, 1)
		assert.Equal(t, fault.TokenSourceFailed, reported[0].Reason)
	})
}
