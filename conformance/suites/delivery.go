package suites

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// delivery is what reaches whom.
var delivery = []scenario.Case{
	{
		Name:  "delivery/a message reaches a subscriber once",
		Rules: []string{"DL-1", "DL-2", "SDK-1", "SDK-3", "SDK-4", "SDK-5"},
		Run: func(s *scenario.S) {
			listener, writer := s.Open(scenario.Opening{}), s.Open(scenario.Opening{})
			channel := s.Unique("a")
			sub := listener.Subscribe("t", channel+".#")
			writer.Publish("t", channel+"x", "not for us")
			writer.Publish("t", channel+".b", "one")
			writer.Publish("t", channel, "two")
			m := sub.Expect("one")
			s.Equal("tenant", "t", m.GetTenant())
			s.Equal("channel", channel+".b", m.GetChannel())
			if m.GetMessageId().GetSequence() == 0 || m.GetPublishedAt().GetSeconds() == 0 {
				s.Failf("the message has no id or no time: %v", m)
			}
			sub.Expect("two")
		},
	},
	{
		Name:  "delivery/the publisher gets its own message",
		Rules: []string{"DL-3", "DL-5"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{})
			channel := s.Unique("own")
			sub := c.Subscribe("t", channel)
			c.Publish("t", channel, "mine")
			sub.Expect("mine")
		},
	},
	{
		Name:  "delivery/messages of one writer keep their order",
		Rules: []string{"DL-4", "SDK-6"},
		Run: func(s *scenario.S) {
			listener, writer := s.Open(scenario.Opening{}), s.Open(scenario.Opening{})
			channel := s.Unique("order")
			sub := listener.Subscribe("t", channel)
			writer.StartBurst("t", channel, 1, 5000, 64, false).Succeeds()
			sub.ExpectNumbers(1, 5000)
		},
	},
}
