package suites

import (
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/vectors"
)

// names are what is refused before anything is sent. The network stalls
// meanwhile: no answer can come from the server.
var names = []scenario.Case{
	{
		Name:       "names/wrong ones are refused locally, with the server's reasons",
		Rules:      []string{"SDK-16", "SDK-12", "CH-1", "CH-2", "CH-3", "CH-7", "CH-8", "CH-9", "LM-1", "LM-2"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c := s.Open(scenario.Opening{})
			node.Stall()
			refuseWrongNames(s, c)
			node.Resume()
		},
	},
	{
		Name:  "names/every valid name works",
		Rules: []string{"SDK-16", "CH-1", "CH-2", "CH-4", "CH-7", "LM-1", "LM-2"},
		Run: func(s *scenario.S) {
			acceptValidTenants(s)
			acceptValidChannels(s)
			acceptValidPatterns(s)
		},
	},
	{
		Name:       "names/a payload that is too large is refused locally",
		Rules:      []string{"DL-7", "LM-3", "LM-12", "SDK-16"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c := s.Open(scenario.Opening{})
			channel := s.Unique("large")
			sub := c.Subscribe("t", channel)
			node.Stall()
			for _, unacknowledged := range []bool{false, true} {
				c.StartPublish(scenario.Publishing{
					Tenant: "t", Channel: channel, Payload: make([]byte, 65536), Unacknowledged: unacknowledged,
				}).Fails("PAYLOAD_TOO_LARGE")
			}
			node.Resume()
			c.Publish("t", channel, "sentinel")
			sub.Expect("sentinel")
		},
	},
}

func refuseWrongNames(s *scenario.S, c *scenario.Client) {
	tenants, err := vectors.Tenants()
	s.Must(err)
	for _, v := range tenants {
		if !v.Valid {
			c.Refused(v.Tenant, "a", v.Reason)
			c.StartPublish(scenario.Publishing{Tenant: v.Tenant, Channel: "a"}).Fails(v.Reason)
		}
	}
	channels, err := vectors.Channels()
	s.Must(err)
	for _, v := range channels {
		if !v.Valid {
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: v.Channel}).Fails(v.Reason)
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: v.Channel, Unacknowledged: true}).Fails(v.Reason)
		}
	}
	patterns, err := vectors.Patterns()
	s.Must(err)
	for _, v := range patterns {
		if !v.Valid {
			c.Refused("t", v.Pattern, v.Reason)
		}
	}
}

func acceptValidTenants(s *scenario.S) {
	cases, err := vectors.Tenants()
	s.Must(err)
	for _, v := range cases {
		if v.Valid {
			c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.Everything(v.Tenant)).Text})
			channel := s.Unique("c")
			sub := c.Subscribe(v.Tenant, channel)
			c.Publish(v.Tenant, channel, v.Name)
			s.Equal("the tenant", v.Normalized, sub.Expect(v.Name).GetTenant())
			c.Close()
			c.ExpectClosed("")
		}
	}
}

func acceptValidChannels(s *scenario.S) {
	cases, err := vectors.Channels()
	s.Must(err)
	tenant := s.Unique("channels")
	c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.Everything(tenant)).Text})
	for _, v := range cases {
		if v.Valid {
			sub := c.Subscribe(tenant, v.Channel)
			c.Publish(tenant, v.Channel, v.Name)
			s.Equal("the channel", v.Channel, sub.Expect(v.Name).GetChannel())
			sub.Unsubscribe()
			sub.ExpectEnd("")
		}
	}
}

// acceptValidPatterns makes a channel of each pattern that the pattern matches.
func acceptValidPatterns(s *scenario.S) {
	cases, err := vectors.Patterns()
	s.Must(err)
	tenant := s.Unique("patterns")
	c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.Everything(tenant)).Text})
	for _, v := range cases {
		if v.Valid {
			sub := c.Subscribe(tenant, v.Pattern)
			c.Publish(tenant, matchedBy(v), v.Name)
			sub.Expect(v.Name)
			sub.Unsubscribe()
			sub.ExpectEnd("")
		}
	}
}

func matchedBy(v vectors.PatternCase) string {
	var tokens []string
	for _, m := range v.Matchers {
		if m.Kind == "any" {
			tokens = append(tokens, "x")
		} else {
			tokens = append(tokens, m.Text)
		}
	}
	return strings.Join(tokens, ".")
}
