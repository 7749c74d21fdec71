package rpctest

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// The services' names.
const (
	pubsub = "fastpubsub.v1.PubSubService"
	tokens = "fastpubsub.v1.TokenService"
	admin  = "fastpubsub.v1.AdminService"
)

// Refusal is a wrong call and the reason for which every protocol refuses it.
type Refusal struct {
	// Name says what is wrong, and the rule that says so.
	Name string
	// Service and Method are the call; Streaming: the method is Subscribe.
	Service, Method string
	Streaming       bool
	// Bearer is the token that is shown; empty: none.
	Bearer  string
	Request proto.Message
	Reason  apierror.Reason
}

// Refusals is the table of wrong calls. From now on the fixture holds no answer to a
// wrong token back.
func Refusals(t testing.TB, f *Fixture) []Refusal {
	t.Helper()
	f.gate.Close()
	access := f.Token(t, Right(
		&fastpubsubv1.TenantGrant{TenantIds: []string{"t1"}, AllowChannelsPub: []string{"open.#"}, AllowChannelsSub: []string{"open.>"}},
	))
	var all []Refusal
	all = append(all, publishRefusals(access)...)
	all = append(all, subscribeRefusals(access)...)
	all = append(all, admissionRefusals(t, f)...)
	all = append(all, createRefusals()...)
	all = append(all, tokenRefusals(access)...)
	return append(all, masterRefusals(access)...)
}

func publishRefusals(access string) []Refusal {
	publish := func(name string, reason apierror.Reason, tenant, channel string, payload int) Refusal {
		return Refusal{name, pubsub, "Publish", false, access, &fastpubsubv1.PublishRequest{
			Tenant: tenant, Channel: channel, Payload: make([]byte, payload),
		}, reason}
	}
	mode := publish("unknown delivery mode (DL-6)", apierror.RequestInvalid, "t1", "open.a", 1)
	mode.Request.(*fastpubsubv1.PublishRequest).DeliveryMode = 9
	return []Refusal{
		mode,
		publish("tenant with a space (CH-1)", apierror.TenantInvalid, "t 1", "open.a", 1),
		publish("tenant too long (CH-1)", apierror.TenantInvalid, strings.Repeat("t", 129), "open.a", 1),
		publish("tenant with a wildcard (CH-5)", apierror.TenantInvalid, "t*", "open.a", 1),
		publish("no channel (CH-2)", apierror.ChannelInvalid, "t1", "", 1),
		publish("channel with a wildcard (CH-2)", apierror.ChannelInvalid, "t1", "open.*", 1),
		publish("channel too long (CH-2)", apierror.ChannelInvalid, "t1", strings.Repeat("c", 257), 1),
		publish("channel with an empty token (CH-3)", apierror.ChannelInvalid, "t1", "open..a", 1),
		publish("channel that no rule covers (AZ-1)", apierror.PublishDenied, "t1", "closed.a", 1),
		publish("tenant that no grant names (CH-5)", apierror.PublishDenied, "t2", "open.a", 1),
		publish("empty tenant is ~ (CH-1)", apierror.PublishDenied, "", "open.a", 1),
		publish("payload one byte too long (DL-7)", apierror.PayloadTooLarge, "t1", "open.a", 65536),
		publish("payload far too long (DL-7)", apierror.PayloadTooLarge, "t1", "open.a", 1_100_000),
	}
}

func subscribeRefusals(access string) []Refusal {
	subscribe := func(name string, reason apierror.Reason, tenant string, patterns ...string) Refusal {
		return Refusal{name, pubsub, "Subscribe", true, access, &fastpubsubv1.SubscribeRequest{Tenant: tenant, Patterns: patterns}, reason}
	}
	many := make([]string, Limits.Subscriptions+1)
	for i := range many {
		many[i] = "open." + strings.Repeat("a", i+1)
	}
	return []Refusal{
		subscribe("no pattern", apierror.RequestInvalid, "t1"),
		subscribe("tenant with a slash (CH-1)", apierror.TenantInvalid, "t/1", "open.a"),
		subscribe("empty pattern (CH-7)", apierror.PatternInvalid, "t1", ""),
		subscribe("wildcard inside a token (CH-8)", apierror.PatternInvalid, "t1", "open.a*b"),
		subscribe("tail wildcard in the middle (CH-9)", apierror.PatternInvalid, "t1", "open.#.a"),
		subscribe("pattern wider than the rule (AZ-2)", apierror.SubscribeDenied, "t1", "#"),
		subscribe("pattern with one channel more than the rule (AZ-5)", apierror.SubscribeDenied, "t1", "open.#"),
		subscribe("one bad pattern among good ones", apierror.SubscribeDenied, "t1", "open.a", "closed.a", "open.b"),
		subscribe("more patterns than allowed", apierror.TooManySubscriptions, "t1", many...),
	}
}

// admissionRefusals are calls of clients that are not let in.
func admissionRefusals(t testing.TB, f *Fixture) []Refusal {
	t.Helper()
	publish := func(name, bearer string, reason apierror.Reason) Refusal {
		return Refusal{name, pubsub, "Publish", false, bearer, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"}, reason}
	}
	right := func(change func(*fastpubsubv1.Right)) string {
		right := Right(Everything("t1"))
		change(right)
		return f.Token(t, right)
	}
	good := f.TokenForAll(t)
	subscribe := publish("no access token for subscribe", "", apierror.TokenMissing)
	subscribe.Method, subscribe.Streaming = "Subscribe", true
	subscribe.Request = &fastpubsubv1.SubscribeRequest{Tenant: "t1", Patterns: []string{"a"}}
	return []Refusal{
		subscribe,
		publish("no access token", "", apierror.TokenMissing),
		publish("no token at all (TK-1)", "hello", apierror.TokenInvalid),
		publish("wrong secret (TK-12)", good[:len(good)-1]+"x", apierror.TokenInvalid),
		publish("unknown token (TK-12)", "AT_00000000000000000000000000000000_00000000000000000000000000000000", apierror.TokenInvalid),
		publish("master token instead of an access token", MasterToken, apierror.TokenInvalid),
		publish("other address (TK-6)", right(func(r *fastpubsubv1.Right) { r.AllowIpMasks = []string{"192.0.2.0/24"} }), apierror.IPNotAllowed),
		publish("other region (TK-6)", right(func(r *fastpubsubv1.Right) { r.AllowRegions = []string{"moon"} }), apierror.RegionNotAllowed),
		publish("no origin (TK-6)", right(func(r *fastpubsubv1.Right) { r.AllowedWsOrigin = []string{"https://example.com"} }), apierror.OriginNotAllowed),
	}
}

func createRefusals() []Refusal {
	create := func(name string, reason apierror.Reason, change func(*fastpubsubv1.CreateTokenRequest)) Refusal {
		request := &fastpubsubv1.CreateTokenRequest{Right: Right(Everything("t1"))}
		change(request)
		return Refusal{name, tokens, "CreateToken", false, MasterToken, request, reason}
	}
	grant := func(name string, reason apierror.Reason, change func(*fastpubsubv1.TenantGrant)) Refusal {
		return create(name, reason, func(r *fastpubsubv1.CreateTokenRequest) { change(r.GetRight().GetTenantGrants()[0]) })
	}
	ahead := func(d time.Duration) *timestamppb.Timestamp { return timestamppb.New(time.Now().Add(d)) }
	return []Refusal{
		create("no expiry (TK-5)", apierror.TTLInvalid, func(r *fastpubsubv1.CreateTokenRequest) { r.Right.ExpiresAt = nil }),
		create("expiry in the past (TK-5)", apierror.TTLInvalid, func(r *fastpubsubv1.CreateTokenRequest) { r.Right.ExpiresAt = ahead(-time.Minute) }),
		create("expiry more than 24 h ahead (TK-5)", apierror.TTLInvalid, func(r *fastpubsubv1.CreateTokenRequest) { r.Right.ExpiresAt = ahead(25 * time.Hour) }),
		create("created_by too long", apierror.RequestInvalid, func(r *fastpubsubv1.CreateTokenRequest) { r.CreatedBy = strings.Repeat("x", 257) }),
		create("mask that is none (TK-3)", apierror.RequestInvalid, func(r *fastpubsubv1.CreateTokenRequest) { r.Right.AllowIpMasks = []string{"10.0.0.0/33"} }),
		grant("grant without a tenant (TK-3)", apierror.RequestInvalid, func(g *fastpubsubv1.TenantGrant) { g.TenantIds = nil }),
		grant("tenant with a wildcard (CH-5)", apierror.TenantInvalid, func(g *fastpubsubv1.TenantGrant) { g.TenantIds = []string{"#"} }),
		grant("rule with an empty segment (AZ-6)", apierror.RuleInvalid, func(g *fastpubsubv1.TenantGrant) { g.AllowChannelsSub = []string{"a..b"} }),
		grant("? in a pub rule (AZ-6)", apierror.RuleInvalid, func(g *fastpubsubv1.TenantGrant) { g.AllowChannelsPub = []string{"a.?"} }),
	}
}

func tokenRefusals(access string) []Refusal {
	const unknown = "00000000000000000000000000000000"
	soon := timestamppb.New(time.Now().Add(time.Hour))
	refresh := func(name string, reason apierror.Reason, r *fastpubsubv1.RefreshTokenRequest) Refusal {
		return Refusal{name, tokens, "RefreshToken", false, MasterToken, r, reason}
	}
	revoke := func(name string, reason apierror.Reason, r *fastpubsubv1.RevokeTokenRequest) Refusal {
		return Refusal{name, tokens, "RevokeToken", false, MasterToken, r, reason}
	}
	return []Refusal{
		refresh("refresh without an id", apierror.RequestInvalid, &fastpubsubv1.RefreshTokenRequest{ExpiresAt: soon}),
		refresh("refresh of an unknown token", apierror.TokenNotFound, &fastpubsubv1.RefreshTokenRequest{TokenId: unknown, ExpiresAt: soon}),
		refresh("refresh without an expiry (TK-5)", apierror.TTLInvalid, &fastpubsubv1.RefreshTokenRequest{TokenId: unknown}),
		revoke("revocation of nothing", apierror.RequestInvalid, &fastpubsubv1.RevokeTokenRequest{}),
		revoke("revocation by both names", apierror.RequestInvalid, &fastpubsubv1.RevokeTokenRequest{Token: access, TokenId: unknown}),
		revoke("revocation of an unknown token", apierror.TokenNotFound, &fastpubsubv1.RevokeTokenRequest{TokenId: unknown}),
		{"page size that is too large", tokens, "ListTokens", false, MasterToken, &fastpubsubv1.ListTokensRequest{PageSize: 1001}, apierror.RequestInvalid},
		{"page that is none", tokens, "ListTokens", false, MasterToken, &fastpubsubv1.ListTokensRequest{PageToken: "?"}, apierror.RequestInvalid},
	}
}

// masterRefusals are administrative calls without a master token (TK-11).
func masterRefusals(access string) []Refusal {
	var all []Refusal
	for _, call := range []Refusal{
		{Service: tokens, Method: "CreateToken", Request: &fastpubsubv1.CreateTokenRequest{Right: Right()}},
		{Service: tokens, Method: "RefreshToken", Request: &fastpubsubv1.RefreshTokenRequest{}},
		{Service: tokens, Method: "RevokeToken", Request: &fastpubsubv1.RevokeTokenRequest{}},
		{Service: tokens, Method: "ListTokens", Request: &fastpubsubv1.ListTokensRequest{}},
		{Service: admin, Method: "Drain", Request: &fastpubsubv1.DrainRequest{}},
	} {
		for what, bearer := range map[string]string{"no": "", "a wrong": "not the master token", "an access token as": access} {
			call.Name = call.Method + " with " + what + " master token (TK-11)"
			call.Bearer, call.Reason = bearer, apierror.MasterTokenInvalid
			all = append(all, call)
		}
	}
	return all
}
