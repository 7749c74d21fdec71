package suites

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// acknowledgement is when a publish has succeeded.
var acknowledgement = []scenario.Case{
	{
		Name:       "acknowledgement/a publish completes only when the server has answered",
		Rules:      []string{"DL-9", "SDK-5", "SDK-8", "SF-8"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c := s.Open(scenario.Opening{})
			channel := s.Unique("ack")
			sub := c.Subscribe("t", channel)
			node.Stall()
			first := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte("one")})
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte("two"), Timeout: patient}).Fails("TIMED_OUT")
			if first.Answered() {
				s.Failf("the publish completed although the server had not answered")
			}
			node.Resume()
			first.Succeeds()
			sub.Expect("one")
			sub.Expect("two") // it had been sent already
		},
	},
	{
		Name:       "acknowledgement/without one a publish completes when it is handed over",
		Rules:      []string{"DL-9", "SDK-5"},
		Needs:      []string{"unacknowledged"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c := s.Open(scenario.Opening{})
			channel := s.Unique("handed")
			sub := c.Subscribe("t", channel)
			node.Stall()
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte("one"), Unacknowledged: true}).Succeeds()
			node.Resume()
			sub.Expect("one")
		},
	},
	{
		Name:  "acknowledgement/a refused publish fails, and nothing is delivered",
		Rules: []string{"AZ-1", "SDK-5", "SF-8", "SF-12"},
		Run: func(s *scenario.S) {
			tenant := s.Unique("tenant")
			c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.Grant(tenant, []string{"a.#", "b.(x|y*)", "c.>"}, []string{"#"})).Text})
			sub := c.Subscribe(tenant, "#")
			for _, channel := range []string{"b", "b.z", "b.x.y", "c", "d", "ab"} {
				c.StartPublish(scenario.Publishing{Tenant: tenant, Channel: channel}).Fails("PUBLISH_DENIED")
			}
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: "a"}).Fails("PUBLISH_DENIED")
			for _, channel := range []string{"a", "a.b", "b.x", "b.y1", "c.d"} {
				c.Publish(tenant, channel, channel)
				sub.Expect(channel)
			}
		},
	},
	{
		Name:  "acknowledgement/a refusal without one reaches the error callback",
		Rules: []string{"SDK-5", "DL-9", "SF-8"},
		Needs: []string{"unacknowledged"},
		Run: func(s *scenario.S) {
			tenant := s.Unique("tenant")
			c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.Grant(tenant, []string{"a"}, []string{"#"})).Text})
			sub := c.Subscribe(tenant, "#")
			c.StartPublish(scenario.Publishing{Tenant: tenant, Channel: "b", Unacknowledged: true}).Succeeds()
			c.StartPublish(scenario.Publishing{Tenant: tenant, Channel: "a", Payload: []byte("allowed"), Unacknowledged: true}).Succeeds()
			c.ExpectError("PUBLISH_DENIED")
			sub.Expect("allowed")
		},
	},
	{
		Name:  "acknowledgement/many in flight, each with its own outcome",
		Rules: []string{"SDK-5", "SDK-6", "SF-5", "SF-8", "SF-9", "DL-4"},
		Run: func(s *scenario.S) {
			tenant := s.Unique("tenant")
			c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.Grant(tenant, []string{"a"}, []string{"#"})).Text})
			sub := c.Subscribe(tenant, "#")
			var allowed, denied []*scenario.Pending
			for i := range 200 {
				allowed = append(allowed, c.StartPublish(scenario.Publishing{Tenant: tenant, Channel: "a", Payload: []byte{byte(i)}}))
				if i%3 == 0 {
					denied = append(denied, c.StartPublish(scenario.Publishing{Tenant: tenant, Channel: "b"}))
				}
			}
			for _, publishing := range allowed {
				publishing.Succeeds()
			}
			for _, publishing := range denied {
				publishing.Fails("PUBLISH_DENIED")
			}
			for i := range 200 {
				sub.Expect(string([]byte{byte(i)}))
			}
		},
	},
	{
		Name:       "acknowledgement/publishes made close together share frames, one alone waits for none",
		Rules:      []string{"SDK-6", "SF-8"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			const many = 2000
			relay := s.Relay()
			c, channel := s.Open(scenario.Opening{URL: relay.URL()}), s.Unique("frames")
			for range 10 {
				c.Publish("t", channel, "x") // each is waited for, so each has a frame of its own
			}
			s.Equal("frames of 10 publishes, one after the other", 10, relay.PublishFrames())
			c.StartBurst("t", channel, 1, many, 64, false).Succeeds()
			together := relay.PublishFrames() - 10
			if together > many/2 { // how many share a frame depends on how fast the burst is made
				s.Failf("%d publishes made at once took %d frames", many, together)
			}
			// Publishes that wait for the connection are all there when it comes, however
			// fast the machine is.
			relay.Refuse()
			c.ExpectLoss("CONNECTION_LOST")
			burst := c.StartBurst("t", channel, 1, many, 64, false)
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Timeout: patient}).Fails("TIMED_OUT")
			relay.Accept()
			c.ExpectStates(scenario.Connected)
			burst.Succeeds()
			if frames := relay.PublishFrames() - 10 - together; frames > many/10 {
				s.Failf("%d publishes that waited together took %d frames", many, frames)
			}
		},
	},
	{
		Name:  "acknowledgement/with and without one, in one order",
		Rules: []string{"SDK-5", "SDK-6", "DL-4"},
		Needs: []string{"unacknowledged"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{})
			channel := s.Unique("mixed")
			sub := c.Subscribe("t", channel)
			for i := range 100 {
				publishing := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte{byte(i)}, Unacknowledged: i%2 == 0})
				if i%10 == 9 {
					publishing.Succeeds()
				}
			}
			for i := range 100 {
				sub.Expect(string([]byte{byte(i)}))
			}
		},
	},
}
