package suites

import (
	"strings"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// anywhere is every address there is.
var anywhere = []string{"0.0.0.0/0", "::/0"}

// refusals are the reasons for which a server lets nobody in.
var refusals = []scenario.Case{
	{
		Name:  "refusals/TOKEN_MISSING: no token",
		Rules: []string{"LP-3", "SF-2", "SDK-7", "SDK-12", "ER-5"},
		Run: func(s *scenario.S) {
			s.Refused(scenario.Opening{NoToken: true}, "TOKEN_MISSING")
		},
	},
	{
		Name:  "refusals/TOKEN_INVALID: malformed, unknown, wrong secret",
		Rules: []string{"TK-1", "TK-12", "LP-2", "LP-3", "SDK-12", "SDK-19"},
		Run: func(s *scenario.S) {
			good := s.Node().Token(scenario.Everything("t")).Text
			id, secret := good[:strings.LastIndexByte(good, '_')], good[strings.LastIndexByte(good, '_')+1:]
			texts := map[string]bool{}
			for _, token := range []string{
				"not-a-token-but-a-secret", "AT_00000000000000000000000000000000_" + secret, id + "_" + strings.Repeat("0", 32),
			} {
				texts[s.Refused(scenario.Opening{Token: token}, "TOKEN_INVALID").GetMessage()] = true
			}
			if len(texts) != 1 {
				s.Failf("unknown and wrong tokens must get one answer (TK-12), got %v", texts)
			}
		},
	},
	{
		Name:  "refusals/TOKEN_INVALID: a text that cannot travel",
		Rules: []string{"SDK-12", "SDK-19"},
		Run: func(s *scenario.S) {
			for _, token := range []string{"AT_1_hidden-hidden-hidden\r\nX: y", "AT_1_hidden-hidden-hidden\x00", "AT_1_hidden-hidden-hiddené"} {
				refusal := s.Refused(scenario.Opening{Token: token}, "TOKEN_INVALID")
				if strings.Contains(refusal.GetMessage(), "hidden") {
					s.Failf("the error shows the token: %s", refusal.GetMessage())
				}
			}
		},
	},
	{
		Name:  "refusals/TOKEN_EXPIRED: deactivated",
		Rules: []string{"TK-8", "SDK-7", "ER-1", "ER-2"},
		Run: func(s *scenario.S) {
			token := s.Node().Token(scenario.Everything("t"))
			c := s.Open(scenario.Opening{Token: token.Text})
			s.Node().Refresh(token, time.Now().Add(-time.Minute))
			s.Refused(scenario.Opening{Token: token.Text}, "TOKEN_EXPIRED")
			c.Publish("t", s.Unique("c"), "a live connection stays")
		},
	},
	{
		Name:  "refusals/TOKEN_REVOKED",
		Rules: []string{"TK-10", "SDK-7", "ER-1"},
		Run: func(s *scenario.S) {
			token := s.Node().Token(scenario.Everything("t"))
			s.Node().Revoke(token)
			s.Refused(scenario.Opening{Token: token.Text}, "TOKEN_REVOKED")
		},
	},
	{
		Name:  "refusals/IP_NOT_ALLOWED",
		Rules: []string{"TK-3", "TK-6", "TK-7"},
		Run: func(s *scenario.S) {
			right := scenario.Everything("t")
			right.AllowIpMasks = []string{"192.0.2.1", "2001:db8::/32"} // documentation: nobody has them
			s.Refused(scenario.Opening{Token: s.Node().Token(right).Text}, "IP_NOT_ALLOWED")
			right.AllowIpMasks = anywhere
			s.Open(scenario.Opening{Token: s.Node().Token(right).Text})
		},
	},
	{
		Name:  "refusals/REGION_NOT_ALLOWED",
		Rules: []string{"TK-3", "TK-6"},
		Run: func(s *scenario.S) {
			right := scenario.Everything("t")
			right.AllowRegions = []string{s.Unique("nowhere")}
			s.Refused(scenario.Opening{Token: s.Node().Token(right).Text}, "REGION_NOT_ALLOWED")
		},
	},
	{
		Name:       "refusals/a server of an allowed region",
		Rules:      []string{"TK-3", "TK-6"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode("--region", "eu-1")
			right := scenario.Everything("t")
			right.AllowRegions = []string{"eu-2", "eu-1"}
			s.Open(scenario.Opening{Token: node.Token(right).Text})
			right.AllowRegions = []string{"eu-2", "EU-1"}
			s.Refused(scenario.Opening{Token: node.Token(right).Text}, "REGION_NOT_ALLOWED")
		},
	},
	{
		Name:  "refusals/ORIGIN_NOT_ALLOWED: a client without one",
		Rules: []string{"TK-3", "TK-6", "LP-7"},
		Run: func(s *scenario.S) {
			right := scenario.Everything("t")
			right.AllowedWsOrigin = []string{"https://app.example"}
			s.Refused(scenario.Opening{Token: s.Node().Token(right).Text}, "ORIGIN_NOT_ALLOWED")
		},
	},
	{
		Name:       "refusals/TOO_MANY_CONNECTIONS: tried again until there is room",
		Rules:      []string{"LM-6", "LM-12", "SDK-2", "SDK-7"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode("--max-connections-per-token", "1")
			token := node.Token(scenario.Everything("t")).Text
			first := s.Open(scenario.Opening{Token: token})
			s.Refused(scenario.Opening{Token: token, Timeout: patient}, "TOO_MANY_CONNECTIONS")
			second, opening := s.StartOpen(scenario.Opening{Token: token, TokenSource: true})
			second.ExpectTokenRequest()
			second.ExpectTokenRequest()
			first.Close()
			opening.Succeeds()
			second.ExpectStates(scenario.Connecting, scenario.Connected)
		},
	},
	{
		Name:       "refusals/OVERLOADED: the server is full",
		Rules:      []string{"LM-12", "SDK-7", "ER-1"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			s.ShareNode("--max-connections", "1")
			s.Open(scenario.Opening{})
			s.Refused(scenario.Opening{Timeout: patient}, "OVERLOADED")
		},
	},
	{
		Name:       "refusals/DRAINING: the server takes nobody any more",
		Rules:      []string{"DL-10", "SDK-7", "ER-1"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.NewNode()
			c := s.Open(scenario.Opening{})
			channel := s.Unique("stays")
			sub := c.Subscribe("t", channel)
			token := node.Token(scenario.Everything("t")).Text
			node.Drain()
			reasons := []string{"DRAINING"}
			if s.Transport == scenario.GRPC { // the port may be closed as soon as the server drains
				reasons = append(reasons, "UNREACHABLE")
			}
			s.AwaitRefusal(scenario.Opening{Token: token, Timeout: patient}, reasons...)
			c.Publish("t", channel, "who has nowhere to go is served")
			sub.Expect("who has nowhere to go is served")
		},
	},
}
