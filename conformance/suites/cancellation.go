package suites

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// cancellation is calls that the application gives up, the way its language does,
// while nothing answers them.
var cancellation = []scenario.Case{
	{
		Name:       "cancellation/a publish that is not acknowledged",
		Rules:      []string{"SDK-5", "SDK-12"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, channel := s.Open(scenario.Opening{}), s.Unique("given-up")
			sub := c.Subscribe("t", channel)
			node.Stall()
			publishing := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte("one")})
			other := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte("two")})
			node.ExpectHeld()
			publishing.Cancel()
			publishing.IsCanceled() // although the network is stalled
			node.Resume()
			other.Succeeds()
			c.Publish("t", channel, "three")
			if first := string(sub.NextMessage("the first message").GetPayload()); first == "one" { // it had been sent
				sub.Expect("two")
			} else {
				s.Equal("the first message", "two", first)
			}
			sub.Expect("three")
			publishing.Cancel() // it has ended
			s.Equal("the state", scenario.Connected, c.Inspect().GetState())
		},
	},
	{
		Name:       "cancellation/a publish that waits for the connection is never sent",
		Rules:      []string{"SDK-8", "SDK-12"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node, c, channel := away(s, nil)
			sub := s.Open(scenario.Opening{URL: node.DirectURL(s.Transport)}).Subscribe("t", channel)
			publishings := map[string]*scenario.Pending{}
			for _, payload := range []string{"one", "two", "three"} {
				publishings[payload] = c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte(payload)})
			}
			publishings["two"].Cancel()
			publishings["two"].IsCanceled() // while there is no connection
			node.Accept()
			c.ExpectStates(scenario.Connected)
			publishings["one"].Succeeds()
			publishings["three"].Succeeds()
			c.Publish("t", channel, "four")
			for _, payload := range []string{"one", "three", "four"} {
				sub.Expect(payload)
			}
		},
	},
	{
		Name:       "cancellation/a subscribe that is not acknowledged",
		Rules:      []string{"SDK-3", "SDK-12"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, channel := s.Open(scenario.Opening{}), s.Unique("given-up")
			node.Stall()
			_, subscribing := c.StartSubscribe("t", channel, 0, false)
			node.ExpectHeld()
			subscribing.Cancel()
			subscribing.IsCanceled() // although the network is stalled
			node.Resume()
			sub := c.Subscribe("t", channel) // the same once more
			for _, payload := range []string{"one", "two"} {
				c.Publish("t", channel, payload)
				sub.Expect(payload)
			}
			s.Equal("the state", scenario.Connected, c.Inspect().GetState())
		},
	},
	{
		Name:       "cancellation/an end of a subscription that is not acknowledged",
		Rules:      []string{"SDK-4", "SDK-12"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, channel := s.Open(scenario.Opening{}), s.Unique("given-up")
			ending := c.Subscribe("t", channel)
			node.Stall()
			unsubscribing := ending.StartUnsubscribe()
			node.ExpectHeld()
			unsubscribing.Cancel()
			if failure := unsubscribing.Ends(); failure != nil { // a language may have no wait here to give up
				s.Equal("the reason", "CANCELED", failure.GetReason())
			}
			node.Resume()
			ending.Ignore()
			sub := c.Subscribe("t", channel)
			c.Publish("t", channel, "x")
			sub.Expect("x")
		},
	},
	{
		Name:       "cancellation/a client that still connects",
		Rules:      []string{"SDK-1", "SDK-12", "SDK-17"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node, c, opening := connecting(s)
			node.ExpectHeld()
			opening.Cancel()
			opening.IsCanceled() // although no server answers
			c.IgnoreStates()
			s.CloseAll() // with the network still stalled
			node.Resume()
			node.ExpectNoConnection()
		},
	},
	{
		Name:       "cancellation/a client that tries again and again",
		Rules:      []string{"SDK-1", "SDK-12", "SDK-17"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			node.Refuse()
			before := node.Connections()
			c, opening := s.StartOpen(scenario.Opening{})
			c.IgnoreStates()
			node.ExpectConnections(before + 3) // attempts
			opening.Cancel()
			opening.EndsWith("CANCELED", "UNREACHABLE") // or why the last attempt failed
			s.CloseAll()
			node.ExpectNoConnection()
		},
	},
}
