package fault_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// ER-1, ER-2: the catalogue's "retry?" column, as the contract has it.
func TestRetryFollowsTheCatalogue(t *testing.T) {
	for reason, want := range map[fault.Reason]fault.Retry{
		fault.TokenInvalid:             fault.RetryNo,
		"TOKEN_MISSING":                fault.RetryNo,
		"TOKEN_REVOKED":                fault.RetryNo,
		fault.TokenExpired:             fault.RetryFreshToken,
		fault.SubscribeDenied:          fault.RetryNo,
		fault.FrameInvalid:             fault.RetryNo,
		"TOO_MANY_CONNECTIONS":         fault.RetryLater,
		fault.RateLimited:              fault.RetryLater,
		"SLOW_CONSUMER":                fault.RetryYes,
		fault.Draining:                 fault.RetryYes,
		"BACKPLANE_UNAVAILABLE":        fault.RetryYes,
		fault.Internal:                 fault.RetryYes,
		fault.ConnectionLost:           fault.RetryYes,
		fault.Closed:                   fault.RetryNo,
		"A_REASON_OF_ANOTHER_PROTOCOL": fault.RetryNo,
	} {
		assert.Equal(t, want, fault.RetryOf(reason), reason)
	}
}

func TestEveryReasonOfTheContractIsKnown(t *testing.T) {
	for number := range fastpubsubv1.ErrorReason_name {
		if number != 0 {
			assert.True(t, fault.Known(fault.FromContract(fastpubsubv1.ErrorReason(number))), number)
		}
	}
}

// SF-12: a reason that only a newer server knows keeps the server's word.
func TestFailureWithAnUnknownReason(t *testing.T) {
	unknown := &fastpubsubv1.Failure{Reason: 99, Message: "the moon is full", Retryable: true}
	assert.True(t, fault.FromFailure(unknown).Retryable())
	assert.Equal(t, fault.Reason("99"), fault.FromFailure(unknown).Reason)
	unknown.Retryable = false
	assert.False(t, fault.FromFailure(unknown).Retryable())
}

func TestFromFindsTheFaultOrWrapsTheError(t *testing.T) {
	refusal := fault.New(fault.SubscribeDenied, "no")
	assert.Same(t, refusal, fault.From(errors.Join(errors.New("context"), refusal)))
	raw := errors.New("broken pipe")
	assert.Equal(t, fault.ConnectionLost, fault.From(raw).Reason)
	require.ErrorIs(t, fault.From(raw), raw)
	assert.Nil(t, fault.From(nil))
}

func TestFromContextTellsDeadlineFromCancellation(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, fault.Canceled, fault.FromContext(canceled, "x").Reason)
	require.ErrorIs(t, fault.FromContext(canceled, "x"), context.Canceled)

	synctest.Test(t, func(t *testing.T) {
		late, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		<-late.Done()
		assert.Equal(t, fault.TimedOut, fault.FromContext(late, "x").Reason)
		require.ErrorIs(t, fault.FromContext(late, "x"), context.DeadlineExceeded)
	})
}

func TestFinalKeepsEverythingElse(t *testing.T) {
	refusal := fault.Wrap(errors.New("bad certificate"), fault.Unreachable, "cannot connect")
	assert.True(t, refusal.Retryable())
	assert.False(t, refusal.Final().Retryable())
	assert.Equal(t, refusal.Error(), refusal.Final().Error())
	assert.Equal(t, "UNREACHABLE: cannot connect: bad certificate", refusal.Error())
}
