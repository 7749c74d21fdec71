package credential_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/credential"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

type source func(context.Context) (string, error)

func (s source) Token(ctx context.Context) (string, error) { return s(ctx) }

func TestAFixedTokenIsNotRenewable(t *testing.T) {
	fixed := credential.Fixed("AT_1_2")
	token, err := credential.Ask(t.Context(), fixed)
	require.NoError(t, err)
	assert.Equal(t, "AT_1_2", token)
	assert.False(t, credential.Renewable(fixed))
	assert.True(t, credential.Renewable(source(nil)))
}

// SDK-19: a fixed token cannot be printed.
func TestAFixedTokenIsNotPrinted(t *testing.T) {
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		assert.NotContains(t, fmt.Sprintf(format, credential.Fixed("AT_id_hidden")), "hidden")
	}
}

func TestASourceThatFails(t *testing.T) {
	cause := errors.New("vault is sealed")
	_, err := credential.Ask(t.Context(), source(func(context.Context) (string, error) { return "", cause }))
	require.ErrorIs(t, err, cause)
	assert.Equal(t, fault.TokenSourceFailed, fault.From(err).Reason)
	assert.True(t, fault.From(err).Retryable())

	_, err = credential.Ask(t.Context(), source(func(context.Context) (string, error) { return "", credential.Final(cause) }))
	require.ErrorIs(t, err, cause)
	assert.False(t, fault.From(err).Retryable())
}

// A source that does not heed its context does not hold the client up.
func TestASourceThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := credential.Ask(ctx, source(func(context.Context) (string, error) { <-release; return "late", nil }))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, fault.TokenSourceFailed, fault.From(err).Reason)
		close(release)
	})
}

func TestATokenThatCannotTravelIsRefusedAndNotShown(t *testing.T) {
	for _, token := range []string{"", "AT_1_ hidden", "AT_1_hidden\n", "AT_1_hidden\xff", "AT_é_hidden"} {
		got, err := credential.Ask(t.Context(), credential.Fixed(token))
		require.Error(t, err)
		assert.Empty(t, got)
		assert.False(t, fault.From(err).Retryable())
		assert.NotContains(t, err.Error(), "hidden")
	}
}

// What is copied from a header has "Bearer" before it.
func TestATokenWithBearerBeforeIt(t *testing.T) {
	_, err := credential.Ask(t.Context(), credential.Fixed("Bearer AT_hidden_hidden"))
	assert.ErrorContains(t, err, `begins with "Bearer", which is no part of it; give it alone`)
	assert.NotContains(t, err.Error(), "hidden")
}

// SDK-2: a token is renewed shortly before it expires, and there is time for
// several tries.
func TestSchedule(t *testing.T) {
	for left, want := range map[time.Duration]credential.Schedule{
		24 * time.Hour:        {First: 24*time.Hour - time.Minute, Again: 10 * time.Second},
		3 * time.Minute:       {First: 2 * time.Minute, Again: 10 * time.Second},
		9 * time.Second:       {First: 6 * time.Second, Again: 500 * time.Millisecond},
		time.Millisecond:      {First: 100 * time.Millisecond, Again: 100 * time.Millisecond},
		-time.Hour:            {First: 100 * time.Millisecond, Again: 100 * time.Millisecond},
		90 * time.Millisecond: {First: 100 * time.Millisecond, Again: 100 * time.Millisecond},
	} {
		assert.Equal(t, want, credential.ScheduleFor(left), left)
	}
}
