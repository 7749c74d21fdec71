package suites

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// tokens are the SDK's token client.
var tokens = []scenario.Case{
	{
		Name:  "tokens/create one and connect with it",
		Rules: []string{"SDK-15", "TK-1", "TK-3", "TK-4", "RS-2"},
		Needs: []string{"token-client"},
		Run: func(s *scenario.S) {
			tenant := s.Unique("tenant")
			right := scenario.Grant(tenant, []string{"a.#"}, nil)
			right.TenantGrants = append(right.TenantGrants, &fastpubsubv1.TenantGrant{TenantIds: []string{"other", tenant}, AllowChannelsSub: []string{"a.#"}})
			right.AllowIpMasks = anywhere
			created := s.Administrator().Create(right, "conformance", "for this case")
			if !strings.HasPrefix(created.GetToken(), "AT_"+created.GetTokenId()+"_") {
				s.Failf("the token does not have the form AT_<id>_<secret> with the id %s", created.GetTokenId())
			}
			s.Equal("the expiry", right.GetExpiresAt().AsTime().Unix(), created.GetExpiresAt().AsTime().Unix())
			c := s.Open(scenario.Opening{Token: created.GetToken()})
			sub := c.Subscribe(tenant, "a.*")
			c.Publish(tenant, "a.b", "x")
			sub.Expect("x")
			c.Refused(tenant, "b", "SUBSCRIBE_DENIED")
			c.Subscribe("other", "a")
			c.StartPublish(scenario.Publishing{Tenant: "other", Channel: "a"}).Fails("PUBLISH_DENIED")
		},
	},
	{
		Name:  "tokens/refresh changes the expiry, a past one deactivates",
		Rules: []string{"SDK-15", "TK-5", "TK-8", "RS-3"},
		Needs: []string{"token-client"},
		Run: func(s *scenario.S) {
			admin := s.Administrator()
			created := admin.Create(scenario.Everything("t"), "conformance", "")
			later := time.Now().Add(5 * time.Hour).Truncate(time.Second)
			s.Equal("the new expiry", later.Unix(), admin.Refresh(created.GetTokenId(), later).GetNewExpiresAt().AsTime().Unix())
			s.Open(scenario.Opening{Token: created.GetToken()})
			admin.Refresh(created.GetTokenId(), time.Now().Add(-time.Hour))
			s.Refused(scenario.Opening{Token: created.GetToken()}, "TOKEN_EXPIRED")
			admin.StartRefresh(created.GetTokenId(), later).Fails("TOKEN_EXPIRED")
		},
	},
	{
		Name:  "tokens/revoke by text and by id",
		Rules: []string{"SDK-15", "TK-10", "RS-4"},
		Needs: []string{"token-client"},
		Run: func(s *scenario.S) {
			admin := s.Administrator()
			byText, byID := admin.Create(scenario.Everything("t"), "conformance", ""), admin.Create(scenario.Everything("t"), "conformance", "")
			c := s.Open(scenario.Opening{Token: byText.GetToken()})
			admin.StartRevoke(byText.GetToken(), "").Succeeds()
			c.ExpectClosed("TOKEN_REVOKED")
			admin.StartRevoke("", byID.GetTokenId()).Succeeds()
			for _, token := range []*fastpubsubv1.CreateTokenResponse{byText, byID} {
				s.Refused(scenario.Opening{Token: token.GetToken()}, "TOKEN_REVOKED")
			}
		},
	},
	{
		Name:  "tokens/list, page by page, never a secret",
		Rules: []string{"SDK-15", "TK-2", "RS-5"},
		Needs: []string{"token-client"},
		Run: func(s *scenario.S) {
			const several = 230 // more than two pages of 100
			admin, who := s.Administrator(), s.Unique("who")
			created := map[string]bool{}
			var first string
			for i := range several {
				token := s.Node().TokenOf(who, fmt.Sprint(i), scenario.Everything("t"))
				created[token.ID], first = true, token.ID
			}
			s.Node().Token(scenario.Everything("t")) // somebody else's
			admin.StartRevoke("", first).Succeeds()
			listed := admin.List(who)
			s.Equal("tokens in the list", several, len(listed))
			for _, info := range listed {
				checkListed(s, info, who, info.GetTokenId() == first)
				delete(created, info.GetTokenId())
			}
			s.Equal("tokens that the list lacks", 0, len(created))
			s.Equal("tokens of nobody", 0, len(admin.List(s.Unique("nobody"))))
		},
	},
	{
		Name:  "tokens/every wrong input gets its reason",
		Rules: []string{"SDK-15", "SDK-12", "TK-5", "AZ-6", "AZ-7", "CH-5", "ER-1"},
		Needs: []string{"token-client"},
		Run: func(s *scenario.S) {
			admin := s.Administrator()
			for _, wrong := range wrongRights() {
				admin.StartCreate(wrong.right, "conformance", "").Fails(wrong.reason)
			}
			admin.StartCreate(scenario.Everything("t"), strings.Repeat("x", 257), "").Fails("REQUEST_INVALID")
			admin.StartCreate(scenario.Everything("t"), "", strings.Repeat("x", 1025)).Fails("REQUEST_INVALID")
			id := admin.Create(scenario.Everything("t"), "conformance", "").GetTokenId()
			admin.StartRefresh(id, time.Now().Add(25*time.Hour)).Fails("TTL_INVALID")
			admin.StartRefresh("", time.Now().Add(time.Hour)).Fails("REQUEST_INVALID")
			unknown := strings.Repeat("0", 32)
			admin.StartRefresh(unknown, time.Now().Add(time.Hour)).Fails("TOKEN_NOT_FOUND")
			admin.StartRevoke("", unknown).Fails("TOKEN_NOT_FOUND")
			admin.StartRevoke("AT_"+unknown+"_"+unknown, "").Fails("TOKEN_NOT_FOUND")
			admin.StartRevoke("", "").Fails("REQUEST_INVALID")
		},
	},
	{
		Name:  "tokens/the wildcard * has no place in a rule for publishing",
		Rules: []string{"AZ-6", "AZ-7"},
		Needs: []string{"token-client"},
		Run: func(s *scenario.S) {
			s.Administrator().StartCreate(scenario.Grant("t", []string{"a.*"}, nil), "conformance", "").Fails("RULE_INVALID")
		},
	},
	{
		Name:  "tokens/MASTER_TOKEN_INVALID",
		Rules: []string{"SDK-15", "TK-11", "RS-1"},
		Needs: []string{"token-client"},
		Run: func(s *scenario.S) {
			for _, master := range []string{"", "a-wrong-master-token", s.Node().MasterToken() + "x"} {
				admin := s.AdministratorWith(master)
				admin.StartCreate(scenario.Everything("t"), "", "").Fails("MASTER_TOKEN_INVALID")
				admin.StartRefresh("id", time.Now().Add(time.Hour)).Fails("MASTER_TOKEN_INVALID")
				admin.StartRevoke("", "id").Fails("MASTER_TOKEN_INVALID")
				admin.StartList("").Fails("MASTER_TOKEN_INVALID")
			}
		},
	},
	{
		Name:  "tokens/a server that cannot be reached, and a wrong address",
		Rules: []string{"SDK-15", "SDK-12"},
		Needs: []string{"token-client"},
		Run: func(s *scenario.S) {
			master := s.Node().MasterToken()
			s.AdministratorOf(s.TokenURLOf("127.0.0.1:1"), master).StartList("").Fails("UNREACHABLE")
			for _, address := range []string{"", "nonsense", "ftp://127.0.0.1", "http://"} {
				s.AdministratorOf(address, master).StartList("").Fails("REQUEST_INVALID")
			}
		},
	},
}

func checkListed(s *scenario.S, info *fastpubsubv1.TokenInfo, who string, revoked bool) {
	s.Equal("created_by", who, info.GetCreatedBy())
	state := fastpubsubv1.TokenState_TOKEN_STATE_ACTIVE
	if revoked {
		state = fastpubsubv1.TokenState_TOKEN_STATE_REVOKED
	}
	s.Equal("the state", state, info.GetState())
	if info.GetDescription() == "" || info.GetCreatedAt().GetSeconds() == 0 || info.GetRight().GetExpiresAt().GetSeconds() == 0 {
		s.Failf("an entry lacks its description or a time: %v", info)
	}
}

type wrongRight struct {
	reason string
	right  *fastpubsubv1.Right
}

func wrongRights() []wrongRight {
	changed := func(change func(*fastpubsubv1.Right)) *fastpubsubv1.Right {
		right := scenario.Everything("t")
		change(right)
		return right
	}
	return []wrongRight{
		{"TTL_INVALID", changed(func(r *fastpubsubv1.Right) { r.ExpiresAt = timestamppb.New(time.Now().Add(25 * time.Hour)) })},
		{"TTL_INVALID", changed(func(r *fastpubsubv1.Right) { r.ExpiresAt = timestamppb.New(time.Now().Add(-time.Minute)) })},
		{"TTL_INVALID", changed(func(r *fastpubsubv1.Right) { r.ExpiresAt = nil })},
		{"REQUEST_INVALID", changed(func(r *fastpubsubv1.Right) { r.AllowIpMasks = []string{"10.0.0.0/99"} })},
		{"REQUEST_INVALID", changed(func(r *fastpubsubv1.Right) { r.TenantGrants[0].TenantIds = nil })},
		{"TENANT_INVALID", scenario.Everything("a*")},
		{"TENANT_INVALID", scenario.Everything("a b")},
		{"RULE_INVALID", scenario.Grant("t", []string{"a..b"}, nil)},
		{"RULE_INVALID", scenario.Grant("t", []string{"a.?"}, nil)},
		{"RULE_INVALID", scenario.Grant("t", nil, []string{"#.a"})},
		{"RULE_INVALID", scenario.Grant("t", nil, []string{"(a|"})},
	}
}
