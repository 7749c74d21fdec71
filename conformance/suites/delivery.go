package suites

import (
	"bytes"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// delivery is what reaches whom, and in which order.
var delivery = []scenario.Case{
	{
		Name:  "delivery/a message reaches a subscriber once, with all that belongs to it",
		Rules: []string{"DL-1", "DL-2", "SDK-4", "SDK-5", "SF-13", "SF-15"},
		Run: func(s *scenario.S) {
			listener, writer := s.Open(scenario.Opening{}), s.Open(scenario.Opening{})
			channel := s.Unique("a")
			sub := listener.Subscribe("t", channel+".#")
			writer.Publish("t", channel+"x", "not for us")
			writer.Publish("t", channel+".b", "one")
			writer.Publish("t", channel, "two")
			first, second := sub.Expect("one"), sub.Expect("two")
			s.Equal("tenant", "t", first.GetTenant())
			s.Equal("channel", channel+".b", first.GetChannel())
			s.Equal("channel", channel, second.GetChannel())
			if first.GetMessageId().GetSequence() == 0 || first.GetMessageId().String() == second.GetMessageId().String() {
				s.Failf("the ids of two messages: %v, %v", first.GetMessageId(), second.GetMessageId())
			}
			if published := second.GetPublishedAt().AsTime(); published.Before(first.GetPublishedAt().AsTime()) || published.Unix() == 0 {
				s.Failf("the times of two messages: %v, %v", first.GetPublishedAt().AsTime(), published)
			}
		},
	},
	{
		Name:  "delivery/every listener gets every message",
		Rules: []string{"DL-1", "DL-2", "DL-6", "SF-14"},
		Run: func(s *scenario.S) {
			writer, channel := s.Open(scenario.Opening{}), s.Unique("all")
			var subs []*scenario.Subscription
			for _, pattern := range []string{channel, channel + "#", channel, channel + "*", channel + ".#"} {
				subs = append(subs, s.Open(scenario.Opening{}).Subscribe("t", pattern))
			}
			writer.StartBurst("t", channel, 1, 500, 16, false).Succeeds()
			for _, sub := range subs {
				sub.ExpectNumbers(1, 500)
			}
		},
	},
	{
		Name:  "delivery/the publisher gets its own message",
		Rules: []string{"DL-3", "DL-5"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{})
			channel := s.Unique("own")
			sub := c.Subscribe("t", channel)
			c.Publish("t", channel, "mine")
			sub.Expect("mine")
		},
	},
	{
		Name:  "delivery/messages of one writer keep their order",
		Rules: []string{"DL-4", "SDK-4", "SDK-6"},
		Run: func(s *scenario.S) {
			listener, writer := s.Open(scenario.Opening{}), s.Open(scenario.Opening{})
			channel := s.Unique("order")
			sub := listener.Subscribe("t", channel)
			writer.StartBurst("t", channel, 1, 5000, 64, false).Succeeds()
			writer.StartBurst("t", channel, 5001, 5000, 64, true).Succeeds()
			sub.ExpectNumbers(1, 10000)
		},
	},
	{
		Name:  "delivery/several matches are one delivery for each subscription",
		Rules: []string{"DL-2", "SF-13", "SDK-4"},
		Run: func(s *scenario.S) {
			listener, writer := s.Open(scenario.Opening{}), s.Open(scenario.Opening{})
			channel := s.Unique("many")
			var subs []*scenario.Subscription
			for _, suffix := range []string{".b", ".*", ".b", ".>", ".#", ".b*", ".b#", "#"} {
				subs = append(subs, listener.Subscribe("t", channel+suffix))
			}
			writer.Publish("t", channel+".b", "one")
			writer.Publish("t", channel+".b", "two")
			id := subs[0].Expect("one").GetMessageId()
			subs[0].Expect("two")
			for _, sub := range subs[1:] {
				s.Equal("the id of the message", id, sub.Expect("one").GetMessageId())
				sub.Expect("two")
			}
		},
	},
	{
		Name:  "delivery/payloads arrive as they are, from nothing to the largest",
		Rules: []string{"DL-7", "LM-3"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{})
			channel := s.Unique("payload")
			sub := c.Subscribe("t", channel)
			largest := make([]byte, 65535)
			for i := range largest {
				largest[i] = byte(i * i >> 3)
			}
			for _, payload := range [][]byte{{}, {0}, []byte("\xff\xfe\x00 no text"), largest} {
				c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: payload}).Succeeds()
				if got := sub.NextMessage("the payload").GetPayload(); !bytes.Equal(payload, got) {
					s.Failf("a payload of %d bytes came as another one of %d bytes", len(payload), len(got))
				}
			}
		},
	},
}
