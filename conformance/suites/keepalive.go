package suites

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// keepAlive is how both sides find out that the other one is gone.
var keepAlive = []scenario.Case{
	{
		Name:       "keep-alive/a connection that stalls is given up and made anew",
		Rules:      []string{"LM-10", "SDK-7", "SDK-10", "SF-4", "SF-11"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode("--keep-alive-interval", "1s")
			c, channel := s.Open(scenario.Opening{}), s.Unique("stall")
			sub := c.Subscribe("t", channel)
			idle := s.Open(scenario.Opening{URL: node.DirectURL(s.Transport)}) // stays connected all the time
			node.Stall()
			publishing := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel})
			c.ExpectLoss("CONNECTION_LOST")
			publishing.Fails("CONNECTION_LOST")
			node.Resume()
			c.ExpectStates(scenario.Connected)
			for {
				c.Publish("t", channel, "sentinel")
				if string(sub.NextMessage("the sentinel, or what was in flight").GetPayload()) == "sentinel" {
					break
				}
			}
			sub.Ignore()
			idle.Publish("t", channel+"x", "x")
		},
	},
}
