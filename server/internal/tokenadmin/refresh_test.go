package tokenadmin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

func (a *admin) refresh(t *testing.T, id string, at *timestamppb.Timestamp) (*fastpubsubv1.RefreshTokenResponse, error) {
	t.Helper()
	return a.RefreshToken(t.Context(), &fastpubsubv1.RefreshTokenRequest{TokenId: id, ExpiresAt: at})
}

func TestRefreshChangesTheExpiryAlone(t *testing.T) { // TK-8
	a := newAdmin(t)
	id := a.create(t, nil).GetTokenId()
	before, err := a.store.Get(t.Context(), id)
	require.NoError(t, err)

	a.now = a.now.Add(time.Minute)
	answer, err := a.refresh(t, id, a.in(2*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, a.now.Add(2*time.Hour), answer.GetNewExpiresAt().AsTime())
	assert.Equal(t, "The token now expires at 2026-03-01T14:01:00Z.", answer.GetMessage())
	want := before
	want.ExpiresAt, want.ChangedAt = a.now.Add(2*time.Hour), a.now
	after, err := a.store.Get(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, want, after)

	answer, err = a.refresh(t, id, a.in(time.Second))
	require.NoError(t, err, "sooner is accepted, too")
	assert.Equal(t, a.now.Add(time.Second), answer.GetNewExpiresAt().AsTime())
}

func TestRefreshToThePastDeactivates(t *testing.T) { // TK-8
	for name, ago := range map[string]time.Duration{"now": 0, "just now": 1, "long ago": 50 * 365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			a := newAdmin(t)
			id := a.create(t, nil).GetTokenId()
			answer, err := a.refresh(t, id, a.in(-ago))
			require.NoError(t, err)
			assert.Contains(t, answer.GetMessage(), "deactivated")
			assert.Equal(t, a.now.Add(-ago), answer.GetNewExpiresAt().AsTime())
			record, err := a.store.Get(t.Context(), id)
			require.NoError(t, err)
			assert.True(t, record.Deactivated)
			assert.Equal(t, token.Expired, record.StateAt(a.now))

			_, err = a.refresh(t, id, a.in(time.Hour))
			requireReason(t, apierror.TokenExpired, err, "cannot be refreshed")
		})
	}
}

func TestRefreshRefuses(t *testing.T) { // TK-5, TK-8
	a := newAdmin(t)
	active, expired, revoked := a.create(t, nil), a.create(t, nil), a.create(t, nil)
	_, err := a.refresh(t, active.GetTokenId(), a.in(2*time.Hour))
	require.NoError(t, err)
	_, err = a.RevokeToken(t.Context(), &fastpubsubv1.RevokeTokenRequest{TokenId: revoked.GetTokenId()})
	require.NoError(t, err)
	a.now = a.now.Add(time.Hour)

	tests := map[string]struct {
		id     string
		at     *timestamppb.Timestamp
		reason apierror.Reason
		says   string
	}{
		"no id":                  {"", a.in(time.Hour), apierror.RequestInvalid, "token_id is missing"},
		"a whole token":          {active.GetToken(), a.in(time.Hour), apierror.RequestInvalid, "its id alone"},
		"no expiry":              {active.GetTokenId(), nil, apierror.TTLInvalid, "missing"},
		"too far ahead":          {active.GetTokenId(), a.in(24*time.Hour + 2*time.Second), apierror.TTLInvalid, "too far ahead"},
		"no time":                {active.GetTokenId(), &timestamppb.Timestamp{Nanos: -1}, apierror.TTLInvalid, "no time"},
		"an unknown id":          {"unknown_id", a.in(time.Hour), apierror.TokenNotFound, "no such token"},
		"an expired token":       {expired.GetTokenId(), a.in(time.Hour), apierror.TokenExpired, "create a new one"},
		"expired, deactivate it": {expired.GetTokenId(), a.in(-time.Hour), apierror.TokenExpired, "create a new one"},
		"a revoked token":        {revoked.GetTokenId(), a.in(time.Hour), apierror.TokenNotFound, "no such token"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := a.refresh(t, test.id, test.at)
			requireReason(t, test.reason, err, test.says)
		})
	}
	answer, err := a.refresh(t, active.GetTokenId(), a.in(24*time.Hour+time.Second))
	require.NoError(t, err, "the client's clock is a little fast")
	assert.Equal(t, a.now.Add(24*time.Hour), answer.GetNewExpiresAt().AsTime())
	_, err = a.RefreshToken(t.Context(), nil)
	requireReason(t, apierror.RequestInvalid, err)
}
