package suites

import (
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// brief is how long a token lives that is to run out in a case.
const brief = 2 * time.Second

// tokenSource is where fresh tokens come from.
var tokenSource = []scenario.Case{
	{
		Name:       "token source/is asked before every attempt to connect",
		Rules:      []string{"SDK-2", "SDK-7"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c := s.Open(scenario.Opening{TokenSource: true})
			s.Equal("how often the source was asked", 1, c.TokenRequests())
			for range 3 {
				node.Cut()
				c.ExpectLoss("CONNECTION_LOST")
				c.ExpectTokenRequest()
				c.ExpectStates(scenario.Connected)
			}
		},
	},
	{
		Name:  "token source/fails at first and recovers",
		Rules: []string{"SDK-2", "SDK-7", "SDK-12"},
		Needs: []string{"token-source"},
		Run: func(s *scenario.S) {
			s.Refused(scenario.Opening{TokenSource: true, NoToken: true, Timeout: patient}, "TOKEN_SOURCE_FAILED")
			c, opening := s.StartOpen(scenario.Opening{TokenSource: true, NoToken: true})
			c.ExpectTokenRequest()
			c.ExpectTokenRequest()
			c.SupplyToken(s.Node().Token(scenario.Everything("t")).Text)
			opening.Succeeds()
			c.ExpectStates(scenario.Connecting, scenario.Connected)
			c.IgnoreErrors()
		},
	},
	{
		Name:       "token source/fails while the client reconnects and recovers",
		Rules:      []string{"SDK-2", "SDK-7"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c := s.Open(scenario.Opening{TokenSource: true})
			channel := s.Unique("c")
			sub := c.Subscribe("t", channel)
			c.SupplyToken("")
			node.Cut()
			c.ExpectLoss("CONNECTION_LOST")
			c.ExpectError("TOKEN_SOURCE_FAILED")
			c.ExpectError("TOKEN_SOURCE_FAILED")
			c.SupplyToken(node.Token(scenario.Everything("t")).Text)
			c.ExpectStates(scenario.Connected)
			c.Publish("t", channel, "back")
			sub.Expect("back")
			c.IgnoreErrors()
		},
	},
	{
		Name:       "token source/a fresh token goes out shortly before expiry, without reconnecting",
		Rules:      []string{"SDK-2", "SF-10", "TK-9"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			token := node.Token(scenario.For(brief, scenario.Everything("t"))).Text
			c := s.Open(scenario.Opening{Token: token, TokenSource: true})
			witness := s.Open(scenario.Opening{Token: token, URL: node.DirectURL(s.Transport)}) // its end says that the token has run out
			channel := s.Unique("c")
			sub := c.Subscribe("t", channel)
			s.Equal("how often the source was asked", 1, c.TokenRequests())
			c.SupplyToken(node.Token(scenario.Everything("t")).Text)
			c.ExpectTokenRequest()
			witness.ExpectClosed("TOKEN_EXPIRED")
			c.Publish("t", channel, "beyond the first token")
			sub.Expect("beyond the first token")
			s.Equal("connections", 1, node.Connections())
		},
	},
	{
		Name:       "token source/a renewal that fails is tried again in time",
		Rules:      []string{"SDK-2", "SF-10"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			token := node.Token(scenario.For(brief, scenario.Everything("t"))).Text
			c := s.Open(scenario.Opening{Token: token, TokenSource: true})
			witness := s.Open(scenario.Opening{Token: token, URL: node.DirectURL(s.Transport)})
			c.SupplyToken("")
			c.ExpectError("TOKEN_SOURCE_FAILED")
			c.SupplyToken(node.Token(scenario.Everything("t")).Text)
			witness.ExpectClosed("TOKEN_EXPIRED")
			c.Publish("t", s.Unique("c"), "x")
			s.Equal("connections", 1, node.Connections())
			c.IgnoreErrors()
		},
	},
	{
		Name:  "token source/a refused renewal is reported, and the old token stays",
		Rules: []string{"SDK-2", "SF-10", "SDK-5"},
		Needs: []string{"token-source"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.For(brief, scenario.Everything("t"))).Text, TokenSource: true})
			revoked := s.Node().Token(scenario.Everything("t"))
			s.Node().Revoke(revoked)
			c.SupplyToken(revoked.Text)
			c.ExpectError("TOKEN_REVOKED")
			c.Publish("t", s.Unique("c"), "x")
			c.SupplyToken(s.Node().Token(scenario.Everything("t")).Text)
			c.IgnoreErrors()
		},
	},
	{
		Name:  "token source/a fresh token that allows less ends subscriptions",
		Rules: []string{"SDK-2", "SF-10", "SF-12", "AZ-2"},
		Needs: []string{"token-source"},
		Run: func(s *scenario.S) {
			tenant := s.Unique("tenant")
			wide := scenario.For(brief, scenario.Grant(tenant, []string{"#"}, []string{"#"}))
			c := s.Open(scenario.Opening{Token: s.Node().Token(wide).Text, TokenSource: true})
			stays, ends, shares := c.Subscribe(tenant, "a.#"), c.Subscribe(tenant, "b.#"), c.Subscribe(tenant, "b.#")
			c.SupplyToken(s.Node().Token(scenario.Grant(tenant, []string{"a.#"}, []string{"a.#"})).Text)
			ends.ExpectEnd("SUBSCRIBE_DENIED")
			shares.ExpectEnd("SUBSCRIBE_DENIED")
			c.Publish(tenant, "a.b", "still")
			stays.Expect("still")
			c.StartPublish(scenario.Publishing{Tenant: tenant, Channel: "b"}).Fails("PUBLISH_DENIED")
			c.Refused(tenant, "b.#", "SUBSCRIBE_DENIED")
		},
	},
}
