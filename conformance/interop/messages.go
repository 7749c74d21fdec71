package interop

import (
	"bytes"
	"encoding/binary"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// largest is how many bytes a payload may have.
const largest = 65535

// messages are the cases about what is in a message.
func messages() []scenario.Case {
	return []scenario.Case{
		{Name: "interop/a broadcast carries tenant, channel, id and time", Rules: []string{"SDK-4", "SDK-5", "SF-13", "SF-15"}, Run: broadcast},
		{Name: "interop/every byte of a binary payload arrives", Rules: []string{"DL-7", "SDK-4"}, Run: everyByte},
		{Name: "interop/an empty payload arrives", Rules: []string{"DL-7"}, Run: emptyPayload},
		{Name: "interop/the largest payload arrives whole", Rules: []string{"DL-7", "LM-3"}, Run: largestPayload},
		{Name: "interop/a text of many scripts arrives byte by byte", Rules: []string{"DL-7"}, Run: unicode},
		{Name: "interop/the longest names mean the same", Rules: []string{"CH-1", "CH-2", "LM-1", "LM-2"}, Run: longestNames},
		{Name: "interop/acknowledged messages keep their order", Rules: []string{"DL-4", "SDK-6"}, Run: func(s *scenario.S) { ordered(s, false) }},
		{Name: "interop/unacknowledged messages keep their order", Rules: []string{"DL-4", "SDK-5", "SDK-6"}, Needs: []string{"unacknowledged"}, Run: func(s *scenario.S) { ordered(s, true) }},
	}
}

func broadcast(s *scenario.S) {
	listener, writer := ends(s)
	channel := s.Unique("broadcast")
	sub := listener.Subscribe("t", channel+".*")
	writer.Publish("t", channel+".a", "first")
	writer.Publish("t", channel+".b", "second")
	first, second := sub.Expect("first"), sub.Expect("second")
	s.Equal("tenant", "t", first.GetTenant())
	s.Equal("channel of the first", channel+".a", first.GetChannel())
	s.Equal("channel of the second", channel+".b", second.GetChannel())
	if first.GetMessageId().GetSequence() == second.GetMessageId().GetSequence() {
		s.Failf("two messages have the id %v", first.GetMessageId())
	}
	if second.GetPublishedAt().AsTime().Before(first.GetPublishedAt().AsTime()) {
		s.Failf("the second message was published at %v, before the first at %v", second.GetPublishedAt().AsTime(), first.GetPublishedAt().AsTime())
	}
}

// exchange publishes a payload, which must arrive as it is.
func exchange(s *scenario.S, payload []byte) {
	listener, writer := ends(s)
	channel := s.Unique("payload")
	sub := listener.Subscribe("t", channel)
	writer.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: payload}).Succeeds()
	got := sub.NextMessage("the payload").GetPayload()
	s.Equal("bytes of the payload", len(payload), len(got))
	for i := range payload {
		if payload[i] != got[i] {
			s.Failf("byte %d of the payload is %#02x, not %#02x", i, got[i], payload[i])
		}
	}
}

func everyByte(s *scenario.S) {
	payload := make([]byte, 256)
	for i := range payload {
		payload[i] = byte(i)
	}
	exchange(s, payload)
}

func emptyPayload(s *scenario.S) { exchange(s, []byte{}) }

// largestPayload has no two equal windows of 4 bytes, so that a shifted piece
// shows.
func largestPayload(s *scenario.S) {
	var payload []byte
	for i := uint32(0); len(payload) < largest; i++ {
		payload = binary.BigEndian.AppendUint32(payload, i*2654435761) // Knuth's multiplicative hash: all different
	}
	exchange(s, payload[:largest])
}

func unicode(s *scenario.S) {
	exchange(s, []byte("žluťoučký кот 猫 قط 🐈\u200d⬛ e\u0301 \x00 \u2028 \U0010ffff"))
}

func longestNames(s *scenario.S) {
	letters := []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~@.")
	name := bytes.Repeat(append(letters, 'x'), 4)
	tenant := s.Unique("tenant.") + "."
	tenant += string(name[:128-len(tenant)])
	channel := s.Unique("names") + "."
	channel += string(name[:255-len(channel)]) + "z"
	token := s.Node().Token(scenario.Everything(tenant)).Text
	listener, writer := s.Open(scenario.Opening{Token: token}), s.Open(scenario.Opening{Token: token})
	sub := listener.Subscribe(tenant, channel)
	writer.Publish(tenant, channel, "long")
	message := sub.Expect("long")
	s.Equal("tenant", tenant, message.GetTenant())
	s.Equal("channel", channel, message.GetChannel())
}

// ordered sends enough messages that some share frames and some do not.
func ordered(s *scenario.S, unacknowledged bool) {
	const count = 3000
	listener, writer := ends(s)
	channel := s.Unique("order")
	sub := listener.Subscribe("t", channel)
	writer.StartBurst("t", channel, 1, count, 100, unacknowledged).Succeeds()
	sub.ExpectNumbers(1, count)
}
