package suites

import (
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// secrets are cases in which a client has much to say. After every case the
// runner looks for the secrets of its tokens in all that the driver has
// reported and printed, and in the servers' logs.
var secrets = []scenario.Case{
	{
		Name:  "secrets/are not in what is printed for debugging",
		Rules: []string{"SDK-19", "TK-2"},
		Needs: []string{"debug-text"},
		Run: func(s *scenario.S) {
			for _, source := range []bool{false, true} {
				token := s.Node().Token(scenario.Everything("t")).Text
				c := s.Open(scenario.Opening{Token: token, TokenSource: source && s.Has("token-source")})
				text := c.Inspect().GetDebugText()
				if text == "" {
					s.Failf("there is no debug text to look at")
				}
				for part := range strings.SplitSeq(token, "_") {
					if len(part) == 32 && part != strings.Split(token, "_")[1] && strings.Contains(text, part) {
						s.Failf("the token is shown for debugging")
					}
				}
			}
		},
	},
	{
		Name:       "secrets/the key of a client certificate is not in what is printed",
		Rules:      []string{"SDK-19", "SDK-14"},
		Needs:      []string{"debug-text", "private-ca", "client-certificate"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			authority, clients := s.NewAuthority(), s.NewAuthority()
			authority.RequireClients(clients)
			s.NewSecureNode(authority)
			pair := clients.Issue()
			options := &conformancev1.ClientOptions{CaPem: proto.String(authority.PEM()), CertificatePem: &pair.Certificate, KeyPem: &pair.Key}
			// The runner looks for the key, in every form of it, as it does for the token.
			if s.Open(scenario.Opening{Options: options}).Inspect().GetDebugText() == "" {
				s.Failf("there is no debug text to look at")
			}
			s.Refused(scenario.Opening{Options: options, URL: withTLS(s.URLOf("127.0.0.1:1")), Timeout: patient}, "UNREACHABLE")
		},
	},
	{
		Name:       "secrets/are not in errors, causes and logs of a client that has trouble",
		Rules:      []string{"SDK-19", "TK-2", "ER-6", "OP-10"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.NewNode("--log-level", "debug")
			wrong := "AT_0123456789abcdef0123456789abcdef_" + strings.Repeat("5ec7e7", 6)
			s.Refused(scenario.Opening{Token: wrong}, "TOKEN_INVALID")
			s.Refused(scenario.Opening{Token: wrong, URL: s.URLOf("127.0.0.1:1"), Timeout: patient}, "UNREACHABLE")
			tenant := s.Unique("tenant")
			c := s.Open(scenario.Opening{Token: node.Token(scenario.For(brief, scenario.Grant(tenant, nil, []string{"a"}))).Text, TokenSource: true})
			c.Refused(tenant, "b", "SUBSCRIBE_DENIED")
			c.StartPublish(scenario.Publishing{Tenant: tenant, Channel: "a"}).Fails("PUBLISH_DENIED")
			c.SupplyToken(wrong)
			node.Cut()
			c.ExpectLoss("CONNECTION_LOST")
			c.ExpectClosed("TOKEN_INVALID")
			c.StartPublish(scenario.Publishing{Tenant: tenant, Channel: "a"}).Fails("TOKEN_INVALID")
			c.Inspect()
		},
	},
	{
		Name:  "secrets/the master token is nowhere to be seen",
		Rules: []string{"SDK-15", "SDK-19", "TK-2"},
		Needs: []string{"token-client"},
		Run: func(s *scenario.S) {
			master := "wrong-master-" + strings.Repeat("5ec7e7", 6)
			texts := []string{
				s.AdministratorWith(master).StartList("").Fails("MASTER_TOKEN_INVALID").GetMessage(),
				s.AdministratorOf(s.TokenURLOf("127.0.0.1:1"), master).StartList("").Fails("UNREACHABLE").GetMessage(),
				s.AdministratorWith(master + "\n").StartList("").Fails("MASTER_TOKEN_INVALID").GetMessage(),
				s.DriverLog(),
			}
			if s.Has("debug-text") {
				master := s.Node().MasterToken()
				text := s.AdministratorWith(master).StartList("").DebugText()
				if text == "" || strings.Contains(text, master) {
					s.Failf("what is printed of a token client must be something, without the master token")
				}
			}
			for _, text := range texts {
				if strings.Contains(text, master) {
					s.Failf("the master token is shown: %s", text)
				}
			}
		},
	},
}
