package tokenadmin_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

func (a *admin) list(t *testing.T, request *fastpubsubv1.ListTokensRequest) *fastpubsubv1.ListTokensResponse {
	t.Helper()
	page, err := a.ListTokens(t.Context(), request)
	require.NoError(t, err)
	return page
}

// ids reads all pages.
func (a *admin) ids(t *testing.T, clientID string, pageSize int32) (ids []string, pages int) {
	t.Helper()
	request := &fastpubsubv1.ListTokensRequest{ClientId: clientID, PageSize: pageSize}
	for {
		page := a.list(t, request)
		pages++
		for _, info := range page.GetTokens() {
			ids = append(ids, info.GetTokenId())
		}
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			return ids, pages
		}
		require.NotEmpty(t, page.GetTokens())
	}
}

func TestListTokens(t *testing.T) { // TK-2, TK-3
	a := newAdmin(t)
	assert.Empty(t, a.list(t, nil).GetTokens())
	created := a.create(t, func(r *fastpubsubv1.CreateTokenRequest) {
		r.CreatedBy, r.Description = "billing", "for a test"
		r.Right.AllowIpMasks, r.Right.AllowRegions, r.Right.AllowedWsOrigin = []string{"192.0.2.1"}, []string{"eu"}, []string{"https://a.example"}
	})
	want := &fastpubsubv1.ListTokensResponse{Tokens: []*fastpubsubv1.TokenInfo{{
		TokenId: created.GetTokenId(),
		Right: &fastpubsubv1.Right{
			TenantGrants: a.simple().GetRight().GetTenantGrants(),
			AllowIpMasks: []string{"192.0.2.1"}, AllowRegions: []string{"eu"}, AllowedWsOrigin: []string{"https://a.example"},
			ExpiresAt: a.in(time.Hour),
		},
		CreatedBy: "billing", Description: "for a test", CreatedAt: timestamppb.New(a.now),
		State: fastpubsubv1.TokenState_TOKEN_STATE_ACTIVE,
	}}}
	got := a.list(t, nil)
	assert.True(t, proto.Equal(want, got), "%v\n%v", want, got)
}

func TestListShowsStates(t *testing.T) { // TK-8, TK-10
	a := newAdmin(t)
	want := map[string]fastpubsubv1.TokenState{}
	add := func(state fastpubsubv1.TokenState) string {
		id := a.create(t, nil).GetTokenId()
		want[id] = state
		return id
	}
	add(fastpubsubv1.TokenState_TOKEN_STATE_EXPIRED)
	active, deactivated, revoked := add(fastpubsubv1.TokenState_TOKEN_STATE_ACTIVE), add(fastpubsubv1.TokenState_TOKEN_STATE_EXPIRED), add(fastpubsubv1.TokenState_TOKEN_STATE_REVOKED)
	_, err := a.refresh(t, active, a.in(2*time.Hour))
	require.NoError(t, err)
	_, err = a.refresh(t, deactivated, a.in(-time.Hour))
	require.NoError(t, err)
	_, err = a.RevokeToken(t.Context(), &fastpubsubv1.RevokeTokenRequest{TokenId: revoked})
	require.NoError(t, err)
	a.now = a.now.Add(time.Hour)
	got := map[string]fastpubsubv1.TokenState{}
	for _, info := range a.list(t, nil).GetTokens() {
		got[info.GetTokenId()] = info.GetState()
	}
	assert.Equal(t, want, got)
}

func TestPages(t *testing.T) {
	a := newAdmin(t)
	var all, ofA []string
	for n := range 230 {
		id := a.create(t, func(r *fastpubsubv1.CreateTokenRequest) { r.CreatedBy = []string{"a", "b", ""}[n%3] }).GetTokenId()
		all = append(all, id)
		if n%3 == 0 {
			ofA = append(ofA, id)
		}
	}
	slices.Sort(all)
	slices.Sort(ofA)
	for size, pages := range map[int32]int{0: 3, 1: 230, 49: 5, 50: 5, 51: 5, 115: 2, 229: 2, 230: 1, 231: 1, 1000: 1} {
		got, n := a.ids(t, "", size)
		assert.Equal(t, all, got, "page size %d", size)
		assert.Equal(t, pages, n, "page size %d", size)
		got, _ = a.ids(t, "a", size)
		assert.Equal(t, ofA, got, "page size %d", size)
	}
	none, pages := a.ids(t, "nobody", 10)
	assert.Empty(t, none)
	assert.Equal(t, 1, pages)
}

func TestAPageOfLargeTokensEndsEarly(t *testing.T) {
	a := newAdmin(t)
	for range 12 {
		a.create(t, func(r *fastpubsubv1.CreateTokenRequest) {
			r.Right.TenantGrants[0].AllowChannelsPub = nil
			for n := range 900 {
				r.Right.TenantGrants[0].AllowChannelsPub = append(r.Right.TenantGrants[0].AllowChannelsPub, strings.Repeat("x", 240)+fmt.Sprint(n))
			}
		})
	}
	page := a.list(t, nil)
	assert.Less(t, proto.Size(page), 1<<20+1<<10)
	assert.Len(t, page.GetTokens(), 4)
	got, _ := a.ids(t, "", 0)
	assert.Len(t, got, 12)
}

func TestListRefuses(t *testing.T) {
	a := newAdmin(t)
	for range 3 {
		a.create(t, func(r *fastpubsubv1.CreateTokenRequest) { r.CreatedBy = "a" })
	}
	next := a.list(t, &fastpubsubv1.ListTokensRequest{ClientId: "a", PageSize: 1}).GetNextPageToken()
	require.NotEmpty(t, next)
	raw, err := base64.RawURLEncoding.DecodeString(next)
	require.NoError(t, err)
	tests := map[string]*fastpubsubv1.ListTokensRequest{
		"page_size is -1":                       {PageSize: -1},
		"page_size is 1001":                     {PageSize: 1001},
		"client_id has 257":                     {ClientId: strings.Repeat("x", 257)},
		"client_id is not valid":                {ClientId: "\xff"},
		"page_token is not the next_page_token": {PageToken: next}, // of another client_id
		"the same client_id":                    {ClientId: "b", PageToken: next},
		"begin again":                           {ClientId: "a", PageToken: "!"},
		"page_token is not":                     {ClientId: "a", PageToken: base64.RawURLEncoding.EncodeToString(raw[:9])},
		"page_token":                            {ClientId: "a", PageToken: base64.RawURLEncoding.EncodeToString(append([]byte{2}, raw[1:]...))},
	}
	for says, request := range tests {
		_, err := a.ListTokens(t.Context(), request)
		requireReason(t, apierror.RequestInvalid, err, says)
	}
}

func FuzzPageToken(f *testing.F) {
	f.Add("", "")
	f.Add("a", "AWRnLqs7aM9xMDAw")
	f.Add("b", "!")
	f.Fuzz(func(t *testing.T, clientID, pageToken string) {
		a := newAdmin(t)
		a.create(t, nil)
		_, err := a.ListTokens(t.Context(), &fastpubsubv1.ListTokensRequest{ClientId: clientID, PageToken: pageToken})
		if err != nil {
			requireReason(t, apierror.RequestInvalid, err)
		}
	})
}
