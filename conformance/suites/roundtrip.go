package suites

import (
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// roundTrip is the round-trip time.
var roundTrip = []scenario.Case{
	{
		Name:       "round trip/is measured and can be read",
		Rules:      []string{"SDK-13", "SF-11"},
		Needs:      []string{"round-trip-time"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			const oneWay = 20 * time.Millisecond
			node := s.ShareNode()
			node.Delay(oneWay)
			c := s.Open(scenario.Opening{})
			for range 500 { // the measurement starts with the connection; each publish is a round trip, too
				if measured := c.Inspect().GetRoundTripTime(); measured != nil {
					if rtt := measured.AsDuration(); rtt < 2*oneWay || rtt > time.Minute {
						s.Failf("the round-trip time is %v on a network that takes %v each way", rtt, oneWay)
					}
					return
				}
				c.Publish("t", "round-trip", "")
			}
			s.Failf("the round-trip time was not measured")
		},
	},
}
