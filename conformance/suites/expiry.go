package suites

import (
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// expiry is what happens to a client whose token runs out or is revoked.
var expiry = []scenario.Case{
	{
		Name:  "expiry/a fixed token that runs out ends the client",
		Rules: []string{"TK-9", "SDK-2", "SDK-7", "SDK-10", "SF-18"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.For(brief, scenario.Everything("t"))).Text})
			sub := c.Subscribe("t", s.Unique("c"))
			c.ExpectClosed("TOKEN_EXPIRED")
			sub.ExpectEnd("TOKEN_EXPIRED")
			s.Equal("the state", scenario.Closed, c.Inspect().GetState())
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: "c"}).Fails("TOKEN_EXPIRED")
			c.Refused("t", "c", "TOKEN_EXPIRED")
		},
	},
	{
		Name:  "expiry/refreshed in time by an administrator, the connection goes on",
		Rules: []string{"TK-8", "TK-9"},
		Run: func(s *scenario.S) {
			right := scenario.For(brief, scenario.Everything("t"))
			token, other := s.Node().Token(right), s.Node().Token(right)
			c, witness := s.Open(scenario.Opening{Token: token.Text}), s.Open(scenario.Opening{Token: other.Text})
			s.Node().Refresh(token, time.Now().Add(time.Hour))
			witness.ExpectClosed("TOKEN_EXPIRED")
			c.Publish("t", s.Unique("c"), "beyond the first expiry")
		},
	},
	{
		Name:  "expiry/a source without a token in time reconnects with the next one",
		Rules: []string{"TK-9", "SDK-2", "SDK-7", "SDK-10"},
		Needs: []string{"token-source"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.For(brief, scenario.Everything("t"))).Text, TokenSource: true})
			channel := s.Unique("c")
			sub := c.Subscribe("t", channel)
			c.SupplyToken("")
			c.ExpectLoss("TOKEN_EXPIRED")
			c.SupplyToken(s.Node().Token(scenario.Everything("t")).Text)
			c.ExpectStates(scenario.Connected)
			c.Publish("t", channel, "with the next token")
			sub.Expect("with the next token")
			c.IgnoreErrors()
		},
	},
	{
		Name:  "expiry/a revoked token ends the client within a second",
		Rules: []string{"TK-10", "SDK-7", "SDK-10", "SF-18"},
		Run:   func(s *scenario.S) { revoke(s, false) },
	},
	{
		Name:  "expiry/a revoked token ends the client with a source, too",
		Rules: []string{"TK-10", "SDK-2", "SDK-7"},
		Needs: []string{"token-source"},
		Run:   func(s *scenario.S) { revoke(s, true) },
	},
}

// revocationTime is how soon live connections must be closed (TK-10).
const revocationTime = time.Second

func revoke(s *scenario.S, source bool) {
	token := s.Node().Token(scenario.Everything("t"))
	channel := s.Unique("c")
	revoked, other := s.Open(scenario.Opening{Token: token.Text, TokenSource: source}), s.Open(scenario.Opening{})
	sub, stays := revoked.Subscribe("t", channel), other.Subscribe("t", channel)
	began := time.Now()
	s.Node().Revoke(token)
	revoked.ExpectClosed("TOKEN_REVOKED")
	if took := time.Since(began); took > revocationTime {
		s.Failf("the client was closed %v after its token was revoked", took)
	}
	sub.ExpectEnd("TOKEN_REVOKED")
	revoked.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel}).Fails("TOKEN_REVOKED")
	other.Publish("t", channel, "another token is not concerned")
	stays.Expect("another token is not concerned")
}
