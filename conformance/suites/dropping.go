package suites

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// dropping is a client that is let go of the way its language ends a resource at
// the end of a scope, with something under way. That nothing of it is left behind
// is checked at the end.
var dropping = []scenario.Case{
	{
		Name:       "dropping/a client that connects",
		Rules:      []string{"SDK-17", "SDK-1"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node, c, opening := connecting(s)
			node.ExpectHeld()
			c.Drop()
			expectLetGo(s, node, opening)
		},
	},
	{
		Name:       "dropping/a client with publishes that wait",
		Rules:      []string{"SDK-17", "SDK-5"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, channel := s.Open(scenario.Opening{}), s.Unique("dropped")
			sub := c.Subscribe("t", channel)
			node.Stall()
			one := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte("one")})
			many := c.StartBurst("t", channel, 1, 100, 64, false)
			node.ExpectHeld()
			c.Drop()
			sub.Ignore()
			expectLetGo(s, node, one, many)
		},
	},
	{
		Name:       "dropping/a client with a subscribe that waits",
		Rules:      []string{"SDK-17", "SDK-3"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, channel := s.Open(scenario.Opening{}), s.Unique("dropped")
			sub := c.Subscribe("t", channel+".#")
			paused, subscribing := c.StartSubscribe("t", channel, 0, true)
			subscribing.Succeeds()
			node.Stall()
			_, subscribing = c.StartSubscribe("t", channel+".a", 0, false)
			unsubscribing := sub.StartUnsubscribe()
			node.ExpectHeld()
			c.Drop()
			sub.Ignore()
			paused.Ignore()
			unsubscribing.Ends() // the subscription ends either way
			expectLetGo(s, node, subscribing)
		},
	},
	{
		Name:       "dropping/a client that reconnects",
		Rules:      []string{"SDK-17", "SDK-7", "SDK-8"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node, c, channel := away(s, nil)
			publishing := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel})
			_, subscribing := c.StartSubscribe("t", channel, 0, false)
			c.Drop()
			expectLetGo(s, node, publishing, subscribing)
		},
	},
	{
		Name:       "dropping/a client that does nothing",
		Rules:      []string{"SDK-17"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, channel := s.Open(scenario.Opening{}), s.Unique("dropped")
			sub := c.Subscribe("t", channel)
			c.Publish("t", channel, "x")
			sub.Expect("x")
			c.Drop()
			sub.Ignore()
			node.ExpectNoConnection()
		},
	},
}

// expectLetGo checks that a client which was dropped ends what it was doing, and
// is gone, whatever the network does. What was sent and not answered may have
// arrived: such a call may say that it has lost the connection.
func expectLetGo(s *scenario.S, node *scenario.Node, calls ...*scenario.Pending) {
	for _, call := range calls {
		call.EndsWith("CLOSED", "CANCELED", "CONNECTION_LOST")
	}
	s.CloseAll() // with the network as it is
	node.Resume()
	node.ExpectNoConnection()
}
