package suites

import (
	"encoding/binary"
	"fmt"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// concurrency is many at once on one client.
var concurrency = []scenario.Case{
	{
		Name:  "concurrency/many publishers and many subscriptions on one client",
		Rules: []string{"SDK-18", "SDK-4", "SDK-5", "DL-2", "DL-4"},
		Run: func(s *scenario.S) {
			const publishers, each = 16, 300
			c, channel := s.Open(scenario.Opening{}), s.Unique("many")
			all := c.Subscribe("t", channel+".*")
			var single []*scenario.Subscription
			var bursts []*scenario.Pending
			for i := range publishers {
				single = append(single, c.Subscribe("t", fmt.Sprintf("%s.%d", channel, i)))
			}
			for i := range publishers {
				bursts = append(bursts, c.StartBurst("t", fmt.Sprintf("%s.%d", channel, i), 1, each, 64, i%2 == 0))
			}
			for _, b := range bursts {
				b.Succeeds()
			}
			for _, sub := range single {
				sub.ExpectNumbers(1, each)
			}
			next := map[string]uint64{}
			for range publishers * each {
				m := all.NextMessage("a message of any publisher")
				next[m.GetChannel()]++
				s.Equal("number on "+m.GetChannel(), next[m.GetChannel()], binary.BigEndian.Uint64(m.GetPayload()))
			}
		},
	},
	{
		Name:  "concurrency/subscribe and unsubscribe while messages flow",
		Rules: []string{"SDK-18", "SDK-3", "SDK-4", "SF-3", "SF-6", "SF-7"},
		Run: func(s *scenario.S) {
			c, channel := s.Open(scenario.Opening{}), s.Unique("churn")
			steady := c.Subscribe("t", channel+"#")
			flow := c.StartBurst("t", channel+".flow", 1, 2000, 64, false)
			for range 10 {
				var subs []*scenario.Subscription
				var pending []*scenario.Pending
				for i := range 10 {
					sub, subscribing := c.StartSubscribe("t", fmt.Sprintf("%s.%d", channel, i/2), 0, false) // pairs share a pattern
					subs, pending = append(subs, sub), append(pending, subscribing)
				}
				for _, subscribing := range pending {
					subscribing.Succeeds()
				}
				endAll(subs)
			}
			flow.Succeeds()
			steady.ExpectNumbers(1, 2000)
			last := c.Subscribe("t", channel+".0")
			c.Publish("t", channel+".0", "x")
			last.Expect("x")
			steady.Expect("x")
		},
	},
	{
		Name:  "concurrency/many clients connect at the same time",
		Rules: []string{"SDK-18", "DL-2"},
		Run: func(s *scenario.S) {
			const clients = 30
			token, channel := s.Node().Token(scenario.Everything("t")).Text, s.Unique("storm")
			var all []*scenario.Client
			var opening, subscribing []*scenario.Pending
			for range clients {
				c, p := s.StartOpen(scenario.Opening{Token: token})
				all, opening = append(all, c), append(opening, p)
			}
			var subs []*scenario.Subscription
			for i, c := range all {
				opening[i].Succeeds()
				c.ExpectStates(scenario.Connecting, scenario.Connected)
				sub, p := c.StartSubscribe("t", channel, 0, false)
				subs, subscribing = append(subs, sub), append(subscribing, p)
			}
			for _, p := range subscribing {
				p.Succeeds()
			}
			all[0].Publish("t", channel, "to all")
			for _, sub := range subs {
				sub.Expect("to all")
			}
		},
	},
}

// endAll ends subscriptions at the same time.
func endAll(subs []*scenario.Subscription) {
	var pending []*scenario.Pending
	for _, sub := range subs {
		pending = append(pending, sub.StartUnsubscribe())
	}
	for i, p := range pending {
		p.Succeeds()
		subs[i].ExpectEnd("")
	}
}
