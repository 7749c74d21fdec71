package suites

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// modes are the delivery modes.
var modes = []scenario.Case{
	{
		Name:  "modes/broadcast reaches everybody",
		Rules: []string{"DL-6"},
		Needs: []string{"delivery-modes"},
		Run: func(s *scenario.S) {
			c, other := s.Open(scenario.Opening{}), s.Open(scenario.Opening{})
			channel := s.Unique("broadcast")
			subs := []*scenario.Subscription{c.Subscribe("t", channel), other.Subscribe("t", channel)}
			c.StartPublish(scenario.Publishing{
				Tenant: "t", Channel: channel, Payload: []byte("all"), Mode: fastpubsubv1.DeliveryMode_DELIVERY_MODE_BROADCAST,
			}).Succeeds()
			for _, sub := range subs {
				sub.Expect("all")
			}
		},
	},
	{
		Name:  "modes/low latency reaches exactly one connection, whichever it is",
		Rules: []string{"DL-6", "DL-4", "DL-2"},
		Needs: []string{"delivery-modes"},
		// The mode prefers connections of the publisher's own server. Here all are, so
		// shown is that it is exactly one.
		Run: func(s *scenario.S) { reachOne(s, fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_LOW_LATENCY) },
	},
	{
		Name:  "modes/random reaches exactly one connection, and not always the same",
		Rules: []string{"DL-6", "DL-4", "DL-2"},
		Needs: []string{"delivery-modes"},
		Run: func(s *scenario.S) {
			for i, count := range reachOne(s, fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_RANDOM) {
				if count == 0 { // one in 2^100
					s.Failf("listener %d got none of %d messages", i, toOne)
				}
			}
		},
	},
	{
		Name:  "modes/nobody is there: silently nothing",
		Rules: []string{"DL-1", "DL-6"},
		Needs: []string{"delivery-modes"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{})
			channel := s.Unique("nobody")
			for mode := range fastpubsubv1.DeliveryMode_name {
				c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Mode: fastpubsubv1.DeliveryMode(mode)}).Succeeds()
			}
		},
	},
	{
		Name:  "modes/one that does not exist is refused",
		Rules: []string{"DL-6", "SDK-12"},
		Needs: []string{"delivery-modes"},
		Run: func(s *scenario.S) {
			s.Open(scenario.Opening{}).StartPublish(scenario.Publishing{Tenant: "t", Channel: s.Unique("mode"), Mode: 9}).FailsIfExpressible("REQUEST_INVALID")
		},
	},
}

// toOne is how many messages reachOne publishes.
const toOne = 100

// reachOne publishes to one of three connections, one of which has several
// subscriptions, and says how many each has got. A broadcast is the sentinel.
func reachOne(s *scenario.S, mode fastpubsubv1.DeliveryMode) (counts []int) {
	writer, channel := s.Open(scenario.Opening{}), s.Unique("one")
	first, second, third := s.Open(scenario.Opening{}), s.Open(scenario.Opening{}), s.Open(scenario.Opening{})
	alike := []*scenario.Subscription{first.Subscribe("t", channel+".*"), first.Subscribe("t", channel+".#"), first.Subscribe("t", channel+".*")}
	subs := []*scenario.Subscription{second.Subscribe("t", channel+".#"), third.Subscribe("t", channel+".x")}
	for i := range toOne {
		writer.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel + ".x", Payload: []byte{byte(i + 1)}, Mode: mode}).Succeeds()
	}
	writer.Publish("t", channel+".x", "\x00")
	seen := map[byte]bool{}
	for _, sub := range append(subs, alike[0]) {
		got := untilSentinel(sub)
		counts = append(counts, len(got))
		for _, number := range got {
			if seen[number] {
				s.Failf("message %d was delivered to two connections", number)
			}
			seen[number] = true
		}
	}
	s.Equal("messages delivered", toOne, len(seen))
	for _, sub := range alike[1:] {
		s.Equal("messages at another subscription of the same connection", counts[2], len(untilSentinel(sub)))
	}
	return counts
}

// untilSentinel is the messages until the one that is a zero.
func untilSentinel(sub *scenario.Subscription) (got []byte) {
	for {
		payload := sub.NextMessage("the sentinel").GetPayload()
		if payload[0] == 0 {
			return got
		}
		got = append(got, payload[0])
	}
}
