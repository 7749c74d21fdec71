package suites

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// closing is the end of a client. That nothing of it is left behind is checked
// after every case.
var closing = []scenario.Case{
	{
		Name:  "closing/flushes what was handed over",
		Rules: []string{"SDK-17", "SDK-5"},
		Needs: []string{"unacknowledged"},
		Run: func(s *scenario.S) {
			listener, writer, channel := s.Open(scenario.Opening{}), s.Open(scenario.Opening{}), s.Unique("flush")
			sub := listener.Subscribe("t", channel)
			writer.StartBurst("t", channel, 1, 5000, 256, true).Succeeds()
			writer.Close()
			writer.ExpectClosed("")
			sub.ExpectNumbers(1, 5000)
		},
	},
	{
		Name:       "closing/waits for what is in flight",
		Rules:      []string{"SDK-17", "SDK-5"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, channel := s.Open(scenario.Opening{}), s.Unique("flight")
			sub := s.Open(scenario.Opening{URL: node.DirectURL(s.Transport)}).Subscribe("t", channel)
			node.Stall()
			publishing := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte("one")})
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte("two"), Timeout: patient}).Fails("TIMED_OUT")
			closing := c.StartClose()
			node.Resume()
			closing.Succeeds()
			publishing.Succeeds()
			c.ExpectClosed("")
			sub.Expect("one")
			sub.Expect("two") // it had been sent already
		},
	},
	{
		Name:  "closing/ends subscriptions, and calls afterwards fail clearly",
		Rules: []string{"SDK-17", "SDK-12", "SDK-10"},
		Run: func(s *scenario.S) {
			c, channel := s.Open(scenario.Opening{}), s.Unique("end")
			subs := []*scenario.Subscription{c.Subscribe("t", channel), c.Subscribe("t", channel), c.Subscribe("t", channel+".#")}
			c.Publish("t", channel, "x")
			for _, sub := range subs {
				sub.Expect("x")
			}
			c.Close()
			c.ExpectClosed("")
			for _, sub := range subs {
				sub.ExpectEnd("")
				sub.Unsubscribe() // it has ended
			}
			for _, unacknowledged := range []bool{false, true} {
				c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Unacknowledged: unacknowledged}).Fails("CLOSED")
			}
			c.Refused("t", channel, "CLOSED")
			s.Equal("the state", scenario.Closed, c.Inspect().GetState())
		},
	},
	{
		Name:  "closing/again and at the same time does nothing more",
		Rules: []string{"SDK-17", "SDK-18"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{})
			c.Subscribe("t", s.Unique("c"))
			closings := []*scenario.Pending{c.StartClose(), c.StartClose(), c.StartClose()}
			for _, closing := range closings {
				closing.Succeeds()
			}
			c.Close()
			c.ExpectClosed("")
		},
	},
	{
		Name:       "closing/while the client reconnects",
		Rules:      []string{"SDK-17", "SDK-7"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			_, c, channel := away(s, nil)
			_, subscribing := c.StartSubscribe("t", channel, 0, false)
			c.Close()
			c.ExpectClosed("")
			subscribing.Fails("CLOSED")
		},
	},
	{
		Name:       "closing/while the client connects",
		Rules:      []string{"SDK-17", "SDK-1"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			_, c, opening := connecting(s)
			c.Close()
			// Both calls end although no server answers, and nothing is left behind. What
			// the open fails with is the driver's own word in SDKs that give up by
			// canceling what waits, so no rule about errors is shown.
			opening.EndsWith("CANCELED", "CLOSED")
			c.IgnoreStates()
			s.CloseAll() // with the network still stalled
		},
	},
	{
		Name:       "closing/leaves no connection open",
		Rules:      []string{"SDK-17"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			for _, end := range []func(*scenario.Client){
				(*scenario.Client).Close,
				(*scenario.Client).Drop,
				func(*scenario.Client) { s.CloseAll() },
			} {
				node := s.ShareNode()
				c, channel := s.Open(scenario.Opening{URL: node.URL(s.Transport)}), s.Unique("connection")
				sub := c.Subscribe("t", channel)
				c.Publish("t", channel, "x")
				sub.Expect("x")
				sub.Ignore()
				node.Cut() // so that there has been more than one
				c.ExpectLoss("CONNECTION_LOST")
				c.ExpectStates(scenario.Connected)
				end(c)
				node.ExpectNoConnection()
			}
		},
	},
	{
		Name:       "closing/in the middle of everything",
		Rules:      []string{"SDK-17", "SDK-18"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, channel := s.Open(scenario.Opening{}), s.Unique("middle")
			sub := c.Subscribe("t", channel+".#")
			paused, subscribing := c.StartSubscribe("t", channel, 10, true)
			subscribing.Succeeds()
			c.StartBurst("t", channel, 1, 100, 64, false).Succeeds()
			node.Stall()
			other, opening := s.StartOpen(scenario.Opening{})
			other.IgnoreStates()
			pending := []*scenario.Pending{
				c.StartBurst("t", channel, 1, 100, 64, false), sub.StartUnsubscribe(), opening,
			}
			_, subscribing = c.StartSubscribe("t", channel+".new", 0, false)
			node.Cut()
			node.Resume()
			s.CloseAll()
			for _, p := range append(pending, subscribing) {
				p.Ends() // each is answered, whatever it is
			}
			sub.Ignore()
			paused.Ignore()
			c.IgnoreStates()
		},
	},
}
