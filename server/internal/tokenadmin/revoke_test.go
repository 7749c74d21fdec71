package tokenadmin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
)

func (a *admin) state(t *testing.T, id string) token.State {
	t.Helper()
	record, err := a.store.Get(t.Context(), id)
	require.NoError(t, err)
	return record.StateAt(a.now)
}

func TestRevoke(t *testing.T) { // TK-10
	targets := map[string]func(*fastpubsubv1.CreateTokenResponse) *fastpubsubv1.RevokeTokenRequest{
		"by its text": func(created *fastpubsubv1.CreateTokenResponse) *fastpubsubv1.RevokeTokenRequest {
			return &fastpubsubv1.RevokeTokenRequest{Token: created.GetToken()}
		},
		"by its id": func(created *fastpubsubv1.CreateTokenResponse) *fastpubsubv1.RevokeTokenRequest {
			return &fastpubsubv1.RevokeTokenRequest{TokenId: created.GetTokenId()}
		},
	}
	for name, target := range targets {
		t.Run(name, func(t *testing.T) {
			a := newAdmin(t)
			created, other := a.create(t, nil), a.create(t, nil)
			watcher, err := a.store.Watch(t.Context())
			require.NoError(t, err)
			defer watcher.Close()
			revokedAt := a.now
			for range 2 { // a repeated call succeeds, and is reported again
				answer, err := a.RevokeToken(t.Context(), target(created))
				require.NoError(t, err)
				assert.Equal(t, "The token is revoked.", answer.GetMessage())
				change, err := watcher.Next(t.Context())
				require.NoError(t, err)
				assert.Equal(t, tokenstore.Updated, change.Kind)
				assert.Equal(t, created.GetTokenId(), change.Record.ID)
				assert.Equal(t, revokedAt, change.Record.RevokedAt)
				a.now = a.now.Add(time.Minute)
			}
			assert.Equal(t, token.Revoked, a.state(t, created.GetTokenId()))
			assert.Equal(t, token.Active, a.state(t, other.GetTokenId()))
		})
	}
}

func TestRevokeOfATokenThatRanOut(t *testing.T) {
	a := newAdmin(t)
	expired, deactivated := a.create(t, nil), a.create(t, nil)
	_, err := a.refresh(t, deactivated.GetTokenId(), a.in(-time.Hour))
	require.NoError(t, err)
	a.now = a.now.Add(time.Hour)
	for _, id := range []string{expired.GetTokenId(), deactivated.GetTokenId()} {
		_, err := a.RevokeToken(t.Context(), &fastpubsubv1.RevokeTokenRequest{TokenId: id})
		require.NoError(t, err, "its live connections may be there still")
		assert.Equal(t, token.Revoked, a.state(t, id))
	}
}

func TestRevokeRefuses(t *testing.T) { // TK-12
	a := newAdmin(t)
	created := a.create(t, nil)
	id := created.GetTokenId()
	tests := map[string]struct {
		text, id string
		reason   apierror.Reason
		says     string
	}{
		"nothing":                {"", "", apierror.RequestInvalid, "either token or token_id"},
		"both":                   {created.GetToken(), id, apierror.RequestInvalid, "one of them"},
		"an id as the text":      {id, "", apierror.RequestInvalid, "as token_id"},
		"a text as the id":       {"", created.GetToken(), apierror.RequestInvalid, "its id alone"},
		"an unknown id":          {"", "unknown", apierror.TokenNotFound, "no such token"},
		"an unknown text":        {"AT_unknown_secret", "", apierror.TokenNotFound, "no such token"},
		"a wrong secret":         {"AT_" + id + "_wrong", "", apierror.TokenNotFound, "no such token"},
		"more than the secret":   {created.GetToken() + "0", "", apierror.TokenNotFound, "no such token"},
		"the start of the token": {created.GetToken()[:len(created.GetToken())-1], "", apierror.TokenNotFound, "no such token"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := a.RevokeToken(t.Context(), &fastpubsubv1.RevokeTokenRequest{Token: test.text, TokenId: test.id})
			requireReason(t, test.reason, err, test.says)
			assert.Equal(t, token.Active, a.state(t, id))
		})
	}
}
