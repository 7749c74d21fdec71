package tokenadmin_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenadmin"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const master = "a-master-token-of-some-length"

// admin is a service with a store and a clock that the test sets.
type admin struct {
	*tokenadmin.Service
	store tokenstore.Store
	now   time.Time
	log   bytes.Buffer
}

func newAdmin(t *testing.T) *admin {
	t.Helper()
	a := &admin{store: memory.New(), now: time.Date(2026, 3, 1, 12, 0, 0, 500, time.UTC)}
	t.Cleanup(func() { require.NoError(t, a.store.Close()) })
	var err error
	a.Service, err = tokenadmin.New(tokenadmin.Options{
		Store: a.store, MasterTokens: []secret.Text{secret.New(master)},
		Now: func() time.Time { return a.now }, Logger: slog.New(slog.NewTextHandler(&a.log, nil)),
	})
	require.NoError(t, err)
	return a
}

func (a *admin) in(d time.Duration) *timestamppb.Timestamp { return timestamppb.New(a.now.Add(d)) }

// simple is a request that is accepted.
func (a *admin) simple() *fastpubsubv1.CreateTokenRequest {
	return &fastpubsubv1.CreateTokenRequest{Right: &fastpubsubv1.Right{
		TenantGrants: []*fastpubsubv1.TenantGrant{{TenantIds: []string{"t1"}, AllowChannelsPub: []string{"a.#"}, AllowChannelsSub: []string{"a.#"}}},
		ExpiresAt:    a.in(time.Hour),
	}}
}

func (a *admin) create(t *testing.T, change func(*fastpubsubv1.CreateTokenRequest)) *fastpubsubv1.CreateTokenResponse {
	t.Helper()
	request := a.simple()
	if change != nil {
		change(request)
	}
	created, err := a.CreateToken(t.Context(), request)
	require.NoError(t, err)
	return created
}

// requireReason wants an *apierror.Error with a reason and a text.
func requireReason(t *testing.T, want apierror.Reason, err error, says ...string) {
	t.Helper()
	var refusal *apierror.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, apierror.Name(want), apierror.Name(refusal.Reason()), refusal.Message())
	for _, text := range says {
		assert.Contains(t, refusal.Message(), text)
	}
}

func TestNewRefusesWrongOptions(t *testing.T) { // TK-11
	good := secret.New(strings.Repeat("x", 16))
	store := memory.New()
	defer func() { require.NoError(t, store.Close()) }()
	tests := map[string]struct {
		options tokenadmin.Options
		says    string
	}{
		"no store":              {tokenadmin.Options{MasterTokens: []secret.Text{good}}, "needs a store"},
		"no master token":       {tokenadmin.Options{Store: store}, "no master token"},
		"an empty master token": {tokenadmin.Options{Store: store, MasterTokens: []secret.Text{{}}}, "has 0 characters"},
		"a short one":           {tokenadmin.Options{Store: store, MasterTokens: []secret.Text{good, secret.New("fifteen-letters")}}, "master token 2 of 2 has 15 characters; at least 16"},
		"short, in long bytes":  {tokenadmin.Options{Store: store, MasterTokens: []secret.Text{secret.New(strings.Repeat("ü", 15))}}, "has 15 characters"},
		"one with a line break": {tokenadmin.Options{Store: store, MasterTokens: []secret.Text{secret.New("sixteen-letters-\n")}}, "line break"},
		"one with a last space": {tokenadmin.Options{Store: store, MasterTokens: []secret.Text{secret.New("sixteen-letters- ")}}, "space"},
		"a negative limit":      {tokenadmin.Options{Store: store, MasterTokens: []secret.Text{good}, MaxTTL: -1}, "more than 0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := tokenadmin.New(test.options)
			require.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "letters", "a secret does not show")
		})
	}
}

func TestAuthorize(t *testing.T) { // TK-11
	store := memory.New()
	defer func() { require.NoError(t, store.Close()) }()
	old, fresh := "the old master token", "ein neues Haupttöken"
	service, err := tokenadmin.New(tokenadmin.Options{Store: store, MasterTokens: []secret.Text{secret.New(old), secret.New(fresh)}})
	require.NoError(t, err)
	assert.NoError(t, service.Authorize(old), "both are valid while they are rotated")
	assert.NoError(t, service.Authorize(fresh))
	for _, wrong := range []string{"", " ", "x", old[:len(old)-1], old + " ", " " + old, "Bearer " + old, strings.ToUpper(old), old + fresh, "AT_a_b", "\x00"} {
		requireReason(t, apierror.MasterTokenInvalid, service.Authorize(wrong), "master token")
	}
}

func TestAStoreThatFails(t *testing.T) {
	a := newAdmin(t)
	created := a.create(t, nil)
	require.NoError(t, a.store.Close())
	_, create := a.CreateToken(t.Context(), a.simple())
	_, refresh := a.RefreshToken(t.Context(), &fastpubsubv1.RefreshTokenRequest{TokenId: created.GetTokenId(), ExpiresAt: a.in(1)})
	_, revoke := a.RevokeToken(t.Context(), &fastpubsubv1.RevokeTokenRequest{TokenId: created.GetTokenId()})
	_, list := a.ListTokens(t.Context(), &fastpubsubv1.ListTokensRequest{})
	for _, err := range []error{create, refresh, revoke, list} {
		requireReason(t, apierror.StoreUnavailable, err)
	}
}

func TestNothingShowsASecret(t *testing.T) { // TK-2
	a := newAdmin(t)
	created := a.create(t, nil)
	secretPart := strings.Split(created.GetToken(), "_")[2]
	_, err := a.RefreshToken(t.Context(), &fastpubsubv1.RefreshTokenRequest{TokenId: created.GetToken(), ExpiresAt: a.in(time.Hour)})
	assert.NotContains(t, err.Error(), secretPart)
	_, err = a.RevokeToken(t.Context(), &fastpubsubv1.RevokeTokenRequest{TokenId: created.GetToken()})
	assert.NotContains(t, err.Error(), secretPart)
	_, err = a.RevokeToken(t.Context(), &fastpubsubv1.RevokeTokenRequest{Token: "x" + created.GetToken()})
	assert.NotContains(t, err.Error(), secretPart)
	listed, err := a.ListTokens(t.Context(), &fastpubsubv1.ListTokensRequest{})
	require.NoError(t, err)
	assert.NotContains(t, listed.String(), secretPart)
	_, err = a.RevokeToken(t.Context(), &fastpubsubv1.RevokeTokenRequest{Token: created.GetToken()})
	require.NoError(t, err)
	assert.Contains(t, a.log.String(), "access token created")
	assert.Contains(t, a.log.String(), created.GetTokenId())
	assert.NotContains(t, a.log.String(), secretPart)
	record, err := a.store.Get(t.Context(), created.GetTokenId())
	require.NoError(t, err)
	assert.NotContains(t, strings.ToLower(string(record.SecretHash[:])), secretPart, "what is kept is a hash")
}
