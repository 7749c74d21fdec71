package suites

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// buffering is what becomes of publishes without a connection.
var buffering = []scenario.Case{
	{
		Name:       "buffering/publishes wait for the connection and keep their order",
		Rules:      []string{"SDK-8", "DL-4"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node, c, channel := away(s, nil)
			sub := s.Open(scenario.Opening{URL: node.DirectURL(s.Transport)}).Subscribe("t", channel)
			var publishing []*scenario.Pending
			for i := range 50 {
				publishing = append(publishing, c.StartPublish(scenario.Publishing{
					Tenant: "t", Channel: channel, Payload: []byte(fmt.Sprint(i)), Unacknowledged: i%5 == 4,
				}))
			}
			node.Accept()
			c.ExpectStates(scenario.Connected)
			for i, p := range publishing {
				p.Succeeds()
				sub.Expect(fmt.Sprint(i))
			}
		},
	},
	{
		Name:       "buffering/a full buffer refuses, and what it holds is not lost",
		Rules:      []string{"SDK-8", "SDK-12"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node, c, channel := away(s, &conformancev1.ClientOptions{PublishBufferBytes: proto.Uint32(10_000)})
			sub := s.Open(scenario.Opening{URL: node.DirectURL(s.Transport)}).Subscribe("t", channel)
			var waiting []*scenario.Pending
			for i := range 30 {
				p := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Payload: append([]byte{byte(i)}, make([]byte, 999)...)})
				waiting = append(waiting, p)
			}
			waiting[len(waiting)-1].Fails("BUFFER_FULL")
			node.Accept()
			c.ExpectStates(scenario.Connected)
			accepted := 0
			for i, p := range waiting[:len(waiting)-1] {
				refusal := p.Ends()
				if refusal == nil {
					accepted++
					s.Equal("the message", i, sub.NextMessage("a message").GetPayload()[0])
					continue
				}
				s.Equal("the reason", "BUFFER_FULL", refusal.GetReason())
			}
			if accepted < 5 || accepted > 10 {
				s.Failf("%d messages of 1000 bytes fitted into 10000 bytes", accepted)
			}
			c.Publish("t", channel, "there is room again")
			sub.Expect("there is room again")
		},
	},
	{
		Name:       "buffering/a deadline passes while away, and the message is not sent later",
		Rules:      []string{"SDK-8", "SDK-12"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node, c, channel := away(s, nil)
			sub := s.Open(scenario.Opening{URL: node.DirectURL(s.Transport)}).Subscribe("t", channel)
			for _, unacknowledged := range []bool{false, true} {
				c.StartPublish(scenario.Publishing{
					Tenant: "t", Channel: channel, Payload: []byte("late"), Timeout: patient, Unacknowledged: unacknowledged,
				}).Fails("TIMED_OUT")
			}
			node.Accept()
			c.ExpectStates(scenario.Connected)
			c.Publish("t", channel, "sentinel")
			sub.Expect("sentinel")
		},
	},
	{
		Name:       "buffering/a message in flight when the connection breaks fails, since nobody knows",
		Rules:      []string{"SDK-8", "SDK-5", "SDK-12"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, channel := s.Open(scenario.Opening{}), s.Unique("flight")
			node.Stall()
			publishing := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel})
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: channel, Timeout: patient}).Fails("TIMED_OUT") // it has been sent
			node.Cut()
			node.Resume()
			c.ExpectLoss("CONNECTION_LOST")
			publishing.Fails("CONNECTION_LOST")
			c.ExpectStates(scenario.Connected)
		},
	},
	{
		Name:       "buffering/what waits when the client ends fails with the cause",
		Rules:      []string{"SDK-7", "SDK-8"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.NewNode()
			c := s.Open(scenario.Opening{})
			node.Kill()
			c.ExpectLoss("CONNECTION_LOST")
			publishing := c.StartPublish(scenario.Publishing{Tenant: "t", Channel: "c"})
			_, subscribing := c.StartSubscribe("t", "c", 0, false)
			node.Restart() // without data: it does not know the token
			c.ExpectClosed("TOKEN_INVALID")
			publishing.Fails("TOKEN_INVALID")
			subscribing.Fails("TOKEN_INVALID")
		},
	},
}

// away is a client that has lost its connection and gets none until Accept.
func away(s *scenario.S, options *conformancev1.ClientOptions) (*scenario.Node, *scenario.Client, string) {
	node := s.ShareNode()
	c := s.Open(scenario.Opening{Options: options})
	node.Refuse()
	node.Cut()
	c.ExpectLoss("CONNECTION_LOST")
	return node, c, s.Unique("away")
}
