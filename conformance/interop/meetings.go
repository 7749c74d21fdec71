package interop

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// meetings are the cases about who gets a message.
func meetings() []scenario.Case {
	return []scenario.Case{
		{Name: "interop/both sides hear a message, with one id and time", Rules: []string{"DL-3", "SF-15"}, Run: bothHear},
		{Name: "interop/a request is answered", Rules: []string{"DL-1", "DL-5"}, Run: requestAndAnswer},
		{Name: "interop/patterns of every kind select the same channels", Rules: []string{"PT-1", "PT-2", "PT-3", "PT-4", "PT-5", "PT-6", "PT-7"}, Run: patterns},
		{Name: "interop/all subscriptions that match get a message", Rules: []string{"DL-2", "SDK-18"}, Run: severalMatches},
		{Name: "interop/a right ends where its rule ends", Rules: []string{"AZ-2", "AZ-3"}, Run: rightsEnd},
		{Name: "interop/an empty tenant is the default tenant", Rules: []string{"CH-1", "CH-5"}, Run: defaultTenant},
		{
			Name: "interop/one connection gets a message for one, low latency", Rules: []string{"DL-6"}, Needs: []string{"delivery-modes"},
			Run: func(s *scenario.S) { forOne(s, fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_LOW_LATENCY) },
		},
		{
			Name: "interop/one connection gets a message for one, random", Rules: []string{"DL-6"}, Needs: []string{"delivery-modes"},
			Run: func(s *scenario.S) { forOne(s, fastpubsubv1.DeliveryMode_DELIVERY_MODE_ONE_RANDOM) },
		},
	}
}

func bothHear(s *scenario.S) {
	listener, writer := ends(s)
	channel := s.Unique("both")
	there, here := listener.Subscribe("t", channel), writer.Subscribe("t", channel)
	writer.Publish("t", channel, "to both")
	first, second := there.Expect("to both"), here.Expect("to both")
	s.Equal("origin of the id", first.GetMessageId().GetOrigin(), second.GetMessageId().GetOrigin())
	s.Equal("sequence of the id", first.GetMessageId().GetSequence(), second.GetMessageId().GetSequence())
	s.Equal("time of publishing", first.GetPublishedAt().AsTime(), second.GetPublishedAt().AsTime())
}

func requestAndAnswer(s *scenario.S) {
	server, caller := ends(s)
	channel := s.Unique("service")
	requests := server.Subscribe("t", channel+".request")
	answers := caller.Subscribe("t", channel+".answer")
	caller.Publish("t", channel+".request", "how much?")
	requests.Expect("how much?")
	server.Publish("t", channel+".answer", "so much")
	answers.Expect("so much")
}

func patterns(s *scenario.S) {
	listener, writer := ends(s)
	root := s.Unique("root")
	channels := []string{root, root + ".b", root + ".b1", root + ".b.x", root + ".b1.x.y", root + ".c"}
	expected := []struct {
		pattern string
		matches []string
	}{
		{root + ".b", channels[1:2]},
		{root + ".*", []string{channels[1], channels[2], channels[5]}},
		{root + ".b*", channels[1:3]},
		{root + ".>", channels[1:]},
		{root + ".#", channels},
		{root + ".b#", channels[1:5]},
		{root + ".b>", channels[3:5]},
	}
	subs := make([]*scenario.Subscription, len(expected))
	for i, e := range expected {
		subs[i] = listener.Subscribe("t", e.pattern)
	}
	end := s.Unique("end")
	for _, channel := range channels {
		writer.Publish("t", channel, channel)
	}
	sentinel := listener.Subscribe("t", end)
	writer.Publish("t", end, "end")
	sentinel.Expect("end")
	for i, e := range expected {
		for _, channel := range e.matches {
			s.Equal("next channel of "+e.pattern, channel, subs[i].Expect(channel).GetChannel())
		}
		subs[i].Unsubscribe()
		subs[i].ExpectEnd("")
	}
}

func severalMatches(s *scenario.S) {
	listener, writer := ends(s)
	channel := s.Unique("several")
	subs := []*scenario.Subscription{
		listener.Subscribe("t", channel+".#"), listener.Subscribe("t", channel+".*"),
		listener.Subscribe("t", channel+".a"), listener.Subscribe("t", channel+".a"),
	}
	for _, payload := range []string{"once", "again"} {
		writer.Publish("t", channel+".a", payload)
	}
	for _, sub := range subs {
		sub.Expect("once")
		sub.Expect("again")
	}
}

// rightsEnd asks for patterns that go on behind the last token of the rule.
func rightsEnd(s *scenario.S) {
	tenant := s.Unique("tenant")
	token := s.Node().Token(scenario.Grant(tenant, []string{"#"}, []string{"a.b", "c.*"})).Text
	listener, writer := s.Open(scenario.Opening{Token: token}), s.Open(scenario.Opening{Token: token})
	for _, c := range []*scenario.Client{listener, writer} {
		for _, pattern := range []string{"a.b.#", "a.b.>", "a.b#", "a.#", "c.#", "c.*.#", "c.x.>", "c"} {
			c.Refused(tenant, pattern, "SUBSCRIBE_DENIED")
		}
	}
	subs := []*scenario.Subscription{listener.Subscribe(tenant, "a.b"), listener.Subscribe(tenant, "c.*")}
	writer.Publish(tenant, "a.b.x", "beyond")
	writer.Publish(tenant, "a.b", "within a.b")
	writer.Publish(tenant, "c.x", "within c.*")
	subs[0].Expect("within a.b")
	subs[1].Expect("within c.*")
}

func defaultTenant(s *scenario.S) {
	listener, writer := ends(s)
	channel := s.Unique("default")
	named, unnamed, other := listener.Subscribe("~", channel), listener.Subscribe("", channel), listener.Subscribe("t", channel)
	writer.Publish("", channel, "without a name")
	writer.Publish("~", channel, "with its name")
	writer.Publish("t", channel, "elsewhere")
	for _, sub := range []*scenario.Subscription{named, unnamed} {
		s.Equal("tenant", "~", sub.Expect("without a name").GetTenant())
		sub.Expect("with its name")
	}
	other.Expect("elsewhere")
}

// forOne publishes messages for one of two connections, of which every one must
// come to exactly one: behind them each gets a broadcast.
func forOne(s *scenario.S, mode fastpubsubv1.DeliveryMode) {
	const count = 20
	listener, writer := ends(s)
	channel := s.Unique("one")
	subs := []*scenario.Subscription{listener.Subscribe("t", channel), writer.Subscribe("t", channel)}
	for i := range byte(count) {
		writer.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: []byte{i}, Mode: mode}).Succeeds()
	}
	writer.Publish("t", channel, "for both")
	got := make([]int, count)
	for _, sub := range subs {
		for {
			payload := sub.NextMessage("a message for one, or the broadcast").GetPayload()
			if string(payload) == "for both" {
				break
			}
			if len(payload) != 1 || payload[0] >= count {
				s.Failf("an unknown message came: %q", payload)
			}
			got[payload[0]]++
		}
	}
	for i, n := range got {
		s.Equal("times that a message for one came, message "+string(rune('A'+i)), 1, n)
	}
}
