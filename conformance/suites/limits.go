package suites

import (
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// limits are what a server allows, as its welcome says.
var limits = []scenario.Case{
	{
		Name:       "limits/smaller than the defaults, known from the welcome",
		Rules:      []string{"LM-1", "LM-2", "LM-3", "LM-12", "SF-4", "SDK-16"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode("--max-tenant-bytes", "12", "--max-channel-bytes", "16", "--max-payload-bytes", "100")
			c := s.Open(scenario.Opening{Token: node.Token(scenario.Everything("123456789012")).Text})
			sub := c.Subscribe("123456789012", "1234567890123456")
			node.Stall() // nothing comes from the server
			c.Refused("1234567890123", "a", "TENANT_INVALID")
			c.Refused("t", "12345678901234567", "PATTERN_INVALID")
			for _, p := range []struct{ tenant, channel, payload, reason string }{
				{"1234567890123", "a", "", "TENANT_INVALID"}, {"t", "12345678901234567", "", "CHANNEL_INVALID"},
				{"t", "a", strings.Repeat("x", 101), "PAYLOAD_TOO_LARGE"},
			} {
				c.StartPublish(scenario.Publishing{Tenant: p.tenant, Channel: p.channel, Payload: []byte(p.payload)}).Fails(p.reason)
			}
			node.Resume()
			c.Publish("123456789012", "1234567890123456", strings.Repeat("x", 100))
			sub.Expect(strings.Repeat("x", 100))
		},
	},
	{
		Name:       "limits/larger than the defaults, known from the welcome",
		Rules:      []string{"LM-1", "LM-2", "LM-3", "SF-4", "SDK-16"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode("--max-tenant-bytes", "300", "--max-channel-bytes", "1000", "--max-payload-bytes", "200000")
			tenant, channel := strings.Repeat("t", 300), strings.Repeat("c", 1000)
			c := s.Open(scenario.Opening{Token: node.Token(scenario.Everything(tenant)).Text})
			sub := c.Subscribe(tenant, channel)
			payload := strings.Repeat("x", 200000)
			c.Publish(tenant, channel, payload)
			sub.Expect(payload)
			c.StartPublish(scenario.Publishing{Tenant: tenant, Channel: channel, Payload: []byte(payload + "x")}).Fails("PAYLOAD_TOO_LARGE")
		},
	},
	{
		Name:       "limits/TOO_MANY_SUBSCRIPTIONS",
		Rules:      []string{"LM-5", "LM-12", "SF-6", "SDK-3"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			s.ShareNode("--max-subscriptions", "3")
			c := s.Open(scenario.Opening{})
			channel := s.Unique("c")
			first := c.Subscribe("t", channel+".1")
			second := c.Subscribe("t", channel+".2")
			c.Subscribe("t", channel+".3")
			c.Refused("t", channel+".4", "TOO_MANY_SUBSCRIPTIONS")
			same := c.Subscribe("t", channel+".2") // the same pattern is no further one
			first.Unsubscribe()
			first.ExpectEnd("")
			now := c.Subscribe("t", channel+".4")
			c.Publish("t", channel+".4", "x")
			now.Expect("x")
			c.Publish("t", channel+".2", "y")
			same.Expect("y")
			second.Expect("y")
		},
	},
	{
		Name:       "limits/RATE_LIMITED: too many publishes in a second",
		Rules:      []string{"LM-7", "LM-12", "SDK-5", "DL-9"},
		Needs:      []string{"unacknowledged"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode("--max-publishes-per-second", "20")
			c, channel := s.Open(scenario.Opening{}), s.Unique("rate")
			sub := s.Open(scenario.Opening{}).Subscribe("t", channel)
			accepted := publishTooFast(s, c, channel)
			sentinel := s.Open(scenario.Opening{URL: node.DirectURL(s.Transport)})
			sentinel.Publish("t", channel, "\xff")
			for _, number := range accepted {
				sub.Expect(string([]byte{number}))
			}
			sub.Expect("\xff")
			// Without acknowledgement the refusals reach the callback. 60 a second apart
			// from a limit of 20 cannot all be accepted.
			other := s.Open(scenario.Opening{})
			other.StartBurst("t", channel+"x", 1, 60, 8, true).Succeeds()
			other.ExpectError("RATE_LIMITED")
			other.IgnoreErrors()
		},
	},
}

// publishTooFast publishes 60 messages at once and gives the numbers of those
// that were accepted; some are and some are not.
func publishTooFast(s *scenario.S, c *scenario.Client, channel string) (accepted []byte) {
	var publishing []*scenario.Pending
	for i := range 60 {
		publishing = append(publishing, c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte{byte(i)}}))
	}
	for i, p := range publishing {
		switch refusal := p.Ends(); {
		case refusal == nil:
			accepted = append(accepted, byte(i))
		case refusal.GetReason() != "RATE_LIMITED":
			s.Failf("message %d was refused with %s: %s", i, refusal.GetReason(), refusal.GetMessage())
		}
	}
	if len(accepted) == 0 || len(accepted) == len(publishing) {
		s.Failf("%d of %d messages were accepted", len(accepted), len(publishing))
	}
	return accepted
}
