package suites

import (
	"fmt"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// subscriptions are how a subscription begins, shares, and ends.
var subscriptions = []scenario.Case{
	{
		Name:  "subscriptions/eager: nothing waits for the first read",
		Rules: []string{"SDK-3", "SDK-4", "DL-1", "DL-5"},
		Run: func(s *scenario.S) {
			listener, writer := s.Open(scenario.Opening{}), s.Open(scenario.Opening{})
			channel := s.Unique("eager")
			sub, subscribing := listener.StartSubscribe("t", channel, 0, true)
			subscribing.Succeeds()
			writer.StartBurst("t", channel, 1, 100, 8, false).Succeeds()
			sub.Resume()
			sub.ExpectNumbers(1, 100)
		},
	},
	{
		Name:       "subscriptions/acknowledged: complete only when the server has answered",
		Rules:      []string{"SDK-3", "DL-5", "SF-5"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, writer := s.Open(scenario.Opening{}), s.Open(scenario.Opening{URL: node.DirectURL(s.Transport)})
			channel := s.Unique("ack")
			node.Stall()
			sub, subscribing := c.StartSubscribe("t", channel, 0, false)
			// The sentinel: a publish of the same client that must run into its deadline.
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel + "x", Timeout: patient}).Fails("TIMED_OUT")
			if subscribing.Answered() {
				s.Failf("the subscription completed although the server had not answered")
			}
			node.Resume()
			subscribing.Succeeds()
			writer.Publish("t", channel, "now")
			sub.Expect("now")
		},
	},
	{
		Name:  "subscriptions/only what is published afterwards",
		Rules: []string{"DL-1", "CH-6"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{})
			channel := s.Unique("before")
			c.Publish("t", channel, "too early")
			sub := c.Subscribe("t", channel)
			c.Publish("t", channel, "in time")
			sub.Expect("in time")
		},
	},
	{
		Name:  "subscriptions/unsubscribe ends the delivery",
		Rules: []string{"SDK-4", "SF-7"},
		Run: func(s *scenario.S) {
			c, writer := s.Open(scenario.Opening{}), s.Open(scenario.Opening{})
			channel := s.Unique("end")
			ends, stays := c.Subscribe("t", channel), c.Subscribe("t", channel+"*")
			writer.Publish("t", channel, "both")
			ends.Expect("both")
			ends.Unsubscribe()
			ends.ExpectEnd("")
			ends.Unsubscribe() // again: it has ended
			writer.Publish("t", channel, "one")
			stays.Expect("both")
			stays.Expect("one")
			again := c.Subscribe("t", channel)
			writer.Publish("t", channel, "both again")
			again.Expect("both again")
			stays.Expect("both again")
		},
	},
	{
		Name:  "subscriptions/unsubscribe keeps what has come",
		Rules: []string{"SDK-4", "SDK-17"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{})
			channel := s.Unique("rest")
			sub, subscribing := c.StartSubscribe("t", channel, 0, true)
			subscribing.Succeeds()
			c.StartBurst("t", channel, 1, 10, 8, false).Succeeds()
			sub.Unsubscribe()
			sub.Resume()
			sub.ExpectNumbers(1, 10)
			sub.ExpectEnd("")
		},
	},
	{
		Name:  "subscriptions/several share a pattern",
		Rules: []string{"DL-2", "SF-6", "SDK-4", "SDK-18"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{})
			channel := s.Unique("shared")
			first, second, third := c.Subscribe("t", channel), c.Subscribe("t", channel), c.Subscribe("t", channel)
			c.Publish("t", channel, "three")
			for _, sub := range []*scenario.Subscription{first, second, third} {
				sub.Expect("three")
			}
			second.Unsubscribe()
			second.ExpectEnd("")
			c.Publish("t", channel, "two")
			first.Expect("two")
			third.Expect("two")
			first.Unsubscribe()
			third.Unsubscribe()
			first.ExpectEnd("")
			third.ExpectEnd("")
			last := c.Subscribe("t", channel)
			c.Publish("t", channel, "one")
			last.Expect("one")
		},
	},
	{
		Name:  "subscriptions/an empty tenant is the default tenant",
		Rules: []string{"CH-1", "CH-5"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{})
			channel := s.Unique("default")
			unnamed, named, other := c.Subscribe("", channel), c.Subscribe("~", channel), c.Subscribe("t", channel)
			c.Publish("", channel, "one")
			c.Publish("~", channel, "two")
			c.Publish("t", channel, "elsewhere")
			for _, sub := range []*scenario.Subscription{unnamed, named} {
				s.Equal("the tenant", "~", sub.Expect("one").GetTenant())
				s.Equal("the tenant", "~", sub.Expect("two").GetTenant())
			}
			other.Expect("elsewhere")
		},
	},
	{
		Name:  "subscriptions/messages never cross tenants",
		Rules: []string{"CH-1", "CH-4", "CH-5"},
		Run: func(s *scenario.S) {
			tenants := []string{s.Unique("a.b"), s.Unique("A.B@~_-"), s.Unique("a.b")}
			c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.Everything(tenants...)).Text})
			var subs []*scenario.Subscription
			for _, tenant := range tenants {
				subs = append(subs, c.Subscribe(tenant, "#"))
			}
			for _, tenant := range tenants {
				c.Publish(tenant, "c", tenant)
			}
			for i, sub := range subs {
				s.Equal("the tenant", tenants[i], sub.Expect(tenants[i]).GetTenant())
				c.Publish(tenants[i], "c", "sentinel")
				sub.Expect("sentinel")
			}
		},
	},
	{
		Name:  "subscriptions/SUBSCRIBE_DENIED: no right to the whole pattern",
		Rules: []string{"AZ-2", "AZ-5", "SDK-3", "SF-12"},
		Run: func(s *scenario.S) {
			tenant := s.Unique("tenant")
			c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.Grant(tenant, []string{"#"}, []string{"a.>", "b.?"})).Text})
			for _, pattern := range []string{"a.#", "#", ">", "c", "a*", "b.*", "b.c.d", "*.b"} {
				c.Refused(tenant, pattern, "SUBSCRIBE_DENIED")
			}
			c.Refused("t", "a.b", "SUBSCRIBE_DENIED") // another tenant
			c.Refused("", "a.b", "SUBSCRIBE_DENIED")  // the default one
			for i, pattern := range []string{"a.>", "a.b.#", "a.*", "b.c"} {
				sub := c.Subscribe(tenant, pattern)
				payload := fmt.Sprint(i)
				c.Publish(tenant, []string{"a.x.y", "a.b", "a.z", "b.c"}[i], payload)
				sub.Expect(payload)
				sub.Unsubscribe()
				sub.ExpectEnd("")
			}
		},
	},
}
