package tokenadmin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/authz"
	"github.com/fastpubsub/fastpubsub/server/internal/token"
)

func TestCreateToken(t *testing.T) { // TK-1, TK-2, TK-3
	a := newAdmin(t)
	created, err := a.CreateToken(t.Context(), &fastpubsubv1.CreateTokenRequest{
		Right: &fastpubsubv1.Right{
			TenantGrants: []*fastpubsubv1.TenantGrant{
				{TenantIds: []string{"t1", ""}, AllowChannelsPub: []string{"a.#", "(a|b*).x"}, AllowChannelsSub: []string{"?.*", "#"}},
				{TenantIds: []string{"t1"}},
			},
			AllowIpMasks:    []string{"192.0.2.7/24", "2001:db8::1", "::ffff:198.51.100.1"},
			AllowRegions:    []string{"eu", "Köln"},
			AllowedWsOrigin: []string{"https://app.example.com", "HTTP://Other.Example:80"},
			ExpiresAt:       a.in(time.Hour),
		},
		CreatedBy: "billing", Description: "for a test",
	})
	require.NoError(t, err)
	require.Regexp(t, `^AT_[0-9a-f]{32}_[0-9a-f]{32}$`, created.GetToken())
	assert.Equal(t, a.now.Add(time.Hour), created.GetExpiresAt().AsTime())

	parsed, err := token.Parse(created.GetToken())
	require.NoError(t, err)
	assert.Equal(t, parsed.ID, created.GetTokenId())
	record, err := a.store.Get(t.Context(), parsed.ID)
	require.NoError(t, err)
	assert.Equal(t, token.Record{
		ID: parsed.ID, SecretHash: token.HashSecret(parsed.Secret),
		Right: token.Right{
			Grants: []authz.Grant{
				{Tenants: []string{"t1", ""}, Publish: []string{"a.#", "(a|b*).x"}, Subscribe: []string{"?.*", "#"}},
				{Tenants: []string{"t1"}},
			},
			IPMasks: []string{"192.0.2.7/24", "2001:db8::1", "::ffff:198.51.100.1"},
			Regions: []string{"eu", "Köln"},
			Origins: []string{"https://app.example.com", "http://other.example"},
		},
		CreatedBy: "billing", Description: "for a test",
		CreatedAt: a.now, ChangedAt: a.now, ExpiresAt: a.now.Add(time.Hour),
	}, record)
}

func TestATokenThatAllowsNothing(t *testing.T) {
	a := newAdmin(t)
	a.create(t, func(r *fastpubsubv1.CreateTokenRequest) { r.Right.TenantGrants = nil })
}

// refusal is a change of a request that makes it one to refuse.
type refusal struct {
	change func(*fastpubsubv1.CreateTokenRequest)
	reason apierror.Reason
	says   []string
}

func checkRefusals(t *testing.T, refusals map[string]refusal) {
	for name, test := range refusals {
		t.Run(name, func(t *testing.T) {
			a := newAdmin(t)
			request := a.simple()
			test.change(request)
			_, err := a.CreateToken(t.Context(), request)
			requireReason(t, test.reason, err, test.says...)
			count, err := a.store.Count(t.Context())
			require.NoError(t, err)
			assert.Zero(t, count, "nothing is stored")
		})
	}
}

// numbered is n different short texts.
func numbered(n int) (texts []string) {
	for i := range n {
		texts = append(texts, fmt.Sprint("x", i))
	}
	return texts
}

func TestCreateRefusesGrants(t *testing.T) { // TK-3, CH-5, AZ-6
	type request = *fastpubsubv1.CreateTokenRequest
	grant := func(change func(*fastpubsubv1.TenantGrant)) func(request) {
		return func(r request) {
			second := &fastpubsubv1.TenantGrant{TenantIds: []string{"t2"}}
			change(second)
			r.Right.TenantGrants = append(r.Right.TenantGrants, second)
		}
	}
	checkRefusals(t, map[string]refusal{
		"no tenants":     {grant(func(g *fastpubsubv1.TenantGrant) { g.TenantIds = nil }), apierror.RequestInvalid, []string{"tenant_grants[1].tenant_ids", "at least one", `"~"`}},
		"an empty grant": {func(r request) { r.Right.TenantGrants[0] = nil }, apierror.RequestInvalid, []string{"tenant_grants[0].tenant_ids"}},
		"a tenant's wildcard": {
			grant(func(g *fastpubsubv1.TenantGrant) { g.TenantIds = []string{"ok", "t*"} }),
			apierror.TenantInvalid, []string{"tenant_grants[1].tenant_ids[1]", `"t*"`, "wildcards"},
		},
		"a long tenant": {
			grant(func(g *fastpubsubv1.TenantGrant) { g.TenantIds = []string{strings.Repeat("t", 129)} }),
			apierror.TenantInvalid, []string{"129 bytes", "at most 128"},
		},
		"a publish rule": {
			grant(func(g *fastpubsubv1.TenantGrant) { g.AllowChannelsPub = []string{"ok", "a..b"} }),
			apierror.RuleInvalid, []string{"tenant_grants[1]", "publish", `"a..b"`, "empty segment"},
		},
		"? for publishing": {
			grant(func(g *fastpubsubv1.TenantGrant) { g.AllowChannelsPub = []string{"a.?"} }),
			apierror.RuleInvalid, []string{`"a.?"`, "only in rules for subscribing"},
		},
		"a subscribe rule": {
			grant(func(g *fastpubsubv1.TenantGrant) { g.AllowChannelsSub = []string{"#.a"} }),
			apierror.RuleInvalid, []string{"tenant_grants[1]", "subscribe", `"#.a"`},
		},
		"many grants": {func(r request) { r.Right.TenantGrants = slices.Repeat(r.Right.TenantGrants, 257) }, apierror.RequestInvalid, []string{"257 entries; at most 256"}},
		"many names":  {grant(func(g *fastpubsubv1.TenantGrant) { g.AllowChannelsPub = numbered(4093) }), apierror.RequestInvalid, []string{"4097 tenants and rules; at most 4096"}},
		"many bytes": {
			grant(func(g *fastpubsubv1.TenantGrant) {
				g.AllowChannelsPub = slices.Repeat([]string{strings.Repeat("x", 256)}, 1024)
			}),
			apierror.RequestInvalid, []string{"at most 262144"},
		},
	})
}

func TestCreateRefuses(t *testing.T) { // TK-3, TK-5
	type request = *fastpubsubv1.CreateTokenRequest
	checkRefusals(t, map[string]refusal{
		"no right":          {func(r request) { r.Right = nil }, apierror.RequestInvalid, []string{"right is missing"}},
		"a mask":            {func(r request) { r.Right.AllowIpMasks = []string{"192.0.2.1", "192.0.2.0/33"} }, apierror.RequestInvalid, []string{"allow_ip_masks[1]", "192.0.2.0/33", "accepted"}},
		"a host as a mask":  {func(r request) { r.Right.AllowIpMasks = []string{"example.com"} }, apierror.RequestInvalid, []string{"allow_ip_masks[0]", "example.com"}},
		"a long mask":       {func(r request) { r.Right.AllowIpMasks = []string{strings.Repeat("1", 65)} }, apierror.RequestInvalid, []string{"allow_ip_masks[0] has 65 bytes"}},
		"an empty region":   {func(r request) { r.Right.AllowRegions = []string{"eu", ""} }, apierror.RequestInvalid, []string{"allow_regions[1]", "1 to 128"}},
		"a long region":     {func(r request) { r.Right.AllowRegions = []string{strings.Repeat("x", 129)} }, apierror.RequestInvalid, []string{"allow_regions[0] has 129 bytes"}},
		"no text":           {func(r request) { r.Right.AllowRegions = []string{"\xff"} }, apierror.RequestInvalid, []string{"allow_regions[0]"}},
		"a line break":      {func(r request) { r.Right.AllowRegions = []string{"a\nb"} }, apierror.RequestInvalid, []string{"allow_regions[0]"}},
		"an origin":         {func(r request) { r.Right.AllowedWsOrigin = []string{"app.example.com"} }, apierror.RequestInvalid, []string{"allowed_ws_origin[0]", "scheme://host"}},
		"an origin's path":  {func(r request) { r.Right.AllowedWsOrigin = []string{"https://a.example/"} }, apierror.RequestInvalid, []string{"slash"}},
		"every origin":      {func(r request) { r.Right.AllowedWsOrigin = []string{"*"} }, apierror.RequestInvalid, []string{"empty list"}},
		"a long origin":     {func(r request) { r.Right.AllowedWsOrigin = []string{"https://" + strings.Repeat("a", 512)} }, apierror.RequestInvalid, []string{"520 bytes"}},
		"a long creator":    {func(r request) { r.CreatedBy = strings.Repeat("x", 257) }, apierror.RequestInvalid, []string{"created_by has 257 bytes; at most 256"}},
		"a long text":       {func(r request) { r.Description = strings.Repeat("x", 1025) }, apierror.RequestInvalid, []string{"description has 1025 bytes; at most 1024"}},
		"a creator, binary": {func(r request) { r.CreatedBy = "\xc3" }, apierror.RequestInvalid, []string{"created_by", "UTF-8"}},
		"many masks":        {func(r request) { r.Right.AllowIpMasks = numbered(257) }, apierror.RequestInvalid, []string{"allow_ip_masks has 257"}},
		"many regions":      {func(r request) { r.Right.AllowRegions = numbered(65) }, apierror.RequestInvalid, []string{"allow_regions has 65"}},
		"many origins":      {func(r request) { r.Right.AllowedWsOrigin = numbered(65) }, apierror.RequestInvalid, []string{"allowed_ws_origin has 65"}},
		"no expiry":         {func(r request) { r.Right.ExpiresAt = nil }, apierror.TTLInvalid, []string{"missing", "24h0m0s"}},
	})
	_, err := newAdmin(t).CreateToken(t.Context(), nil)
	requireReason(t, apierror.RequestInvalid, err)
}

func TestTheLargestToken(t *testing.T) {
	a := newAdmin(t)
	a.create(t, func(r *fastpubsubv1.CreateTokenRequest) {
		r.CreatedBy, r.Description = strings.Repeat("x", 256), strings.Repeat("x", 1024)
		r.Right.TenantGrants[0].AllowChannelsPub = nil
		for n := range 4096 - 2 {
			r.Right.TenantGrants[0].AllowChannelsPub = append(r.Right.TenantGrants[0].AllowChannelsPub, fmt.Sprint("x", n))
		}
	})
}

func TestExpiryAtCreation(t *testing.T) { // TK-5
	a := newAdmin(t)
	const day = 24 * time.Hour
	tests := map[string]struct {
		expiresAt *timestamppb.Timestamp
		want      time.Duration // from now
		says      string        // "": accepted
	}{
		"soon":                                {a.in(1), 1, ""},
		"exactly as long as possible":         {a.in(day), day, ""},
		"as long as possible, the clock fast": {a.in(day + time.Second), day, ""},
		"beyond the tolerance":                {a.in(day + time.Second + 1), 0, "2026-03-02T12:00:01Z is too far ahead; accepted is a time up to 24h0m0s ahead, now until 2026-03-02T12:00:00Z"},
		"far ahead":                           {a.in(1000 * day), 0, "too far ahead"},
		"now":                                 {a.in(0), 0, "in the past; the server's clock says 2026-03-01T12:00:00Z"},
		"in the past":                         {a.in(-1), 0, "in the past"},
		"long ago":                            {timestamppb.New(time.Unix(0, 0)), 0, "1970-01-01T00:00:00Z is in the past"},
		"before the first year":               {&timestamppb.Timestamp{Seconds: -1 << 60}, 0, "no time"},
		"after the last year":                 {&timestamppb.Timestamp{Seconds: 1 << 60}, 0, "no time"},
		"impossible nanoseconds":              {&timestamppb.Timestamp{Seconds: 1, Nanos: -1}, 0, "no time"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			request := a.simple()
			request.Right.ExpiresAt = test.expiresAt
			created, err := a.CreateToken(t.Context(), request)
			if test.says != "" {
				requireReason(t, apierror.TTLInvalid, err, test.says)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, a.now.Add(test.want), created.GetExpiresAt().AsTime())
			record, err := a.store.Get(t.Context(), created.GetTokenId())
			require.NoError(t, err)
			assert.Equal(t, a.now.Add(test.want), record.ExpiresAt)
		})
	}
}
