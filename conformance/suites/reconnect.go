package suites

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// The waits between attempts are random, from 0 to a bound (full jitter). So what
// is asserted is a time below which their sum falls once in ten million runs; that
// an attempt itself takes time only adds to it.
const (
	// waitMax bounds each wait, waits is how many there are: 1.2 s in the middle.
	waitMax    = 200 * time.Millisecond
	waits      = 12
	waitsLeast = waitMax
	// growthMin bounds the first wait, and each further one is bounded by twice as
	// much, at most growthMax: 2 s in the middle. Had they not grown, growthLeast
	// would be the most.
	growthMin   = 10 * time.Millisecond
	growthMax   = 640 * time.Millisecond
	growthWaits = 13
	growthLeast = growthWaits * growthMin
)

// backOff are bounds of the waits.
func backOff(shortest, longest time.Duration) *conformancev1.ClientOptions {
	return &conformancev1.ClientOptions{BackOffMin: durationpb.New(shortest), BackOffMax: durationpb.New(longest)}
}

// reconnect is how a client comes back.
var reconnect = []scenario.Case{
	{
		Name:       "reconnect/after a cut, again and again",
		Rules:      []string{"SDK-7", "SDK-10"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c := s.Open(scenario.Opening{})
			channel := s.Unique("cut")
			sub := c.Subscribe("t", channel)
			for i := range 5 {
				node.Cut()
				c.ExpectLoss("CONNECTION_LOST")
				c.ExpectStates(scenario.Connected)
				c.Publish("t", channel, fmt.Sprint(i))
				sub.Expect(fmt.Sprint(i))
			}
		},
	},
	{
		Name:       "reconnect/everything is subscribed to before CONNECTED is reported",
		Rules:      []string{"SDK-7", "SDK-10", "SF-14"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			const patterns = 200
			node := s.ShareNode()
			c, writer := s.Open(scenario.Opening{}), s.Open(scenario.Opening{URL: node.DirectURL(s.Transport)})
			channel := s.Unique("many")
			var subs []*scenario.Subscription
			for i := range patterns {
				subs = append(subs, c.Subscribe("t", fmt.Sprintf("%s.%d.*", channel, i)))
			}
			shares := c.Subscribe("t", channel+".0.*")
			node.Cut()
			c.ExpectLoss("CONNECTION_LOST")
			c.ExpectStates(scenario.Connected)
			for i := range patterns {
				writer.Publish("t", fmt.Sprintf("%s.%d.x", channel, i), fmt.Sprint(i))
			}
			for i, sub := range subs {
				sub.Expect(fmt.Sprint(i))
			}
			shares.Expect("0")
		},
	},
	{
		Name:       "reconnect/tries again and again with back-off while connections are refused",
		Rules:      []string{"SDK-2", "SDK-7", "SDK-10"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c := s.Open(scenario.Opening{TokenSource: true, Options: backOff(waitMax, waitMax)})
			channel := s.Unique("c")
			sub := c.Subscribe("t", channel)
			c.ExpectTokenRequest()
			node.Refuse()
			node.Cut()
			c.ExpectLoss("CONNECTION_LOST")
			c.ExpectTokenRequest()
			first, before := time.Now(), node.Connections()
			for range waits { // one before each attempt
				c.ExpectTokenRequest()
			}
			if took := time.Since(first); took < waitsLeast {
				s.Failf("%d attempts after the first one within %v: there is no wait of up to %v between them", waits, took, waitMax)
			}
			if made := node.Connections() - before; made < waits-1 || made > 2*waits+2 {
				s.Failf("%d connections were tried in %d attempts", made, waits)
			}
			s.Equal("the state", scenario.Reconnecting, c.Inspect().GetState())
			node.Accept()
			c.ExpectStates(scenario.Connected) // and was nothing else in between
			c.Publish("t", channel, "back")
			sub.Expect("back")
		},
	},
	{
		Name:       "reconnect/the waits grow from failure to failure",
		Rules:      []string{"SDK-7"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c := s.Open(scenario.Opening{TokenSource: true, Options: backOff(growthMin, growthMax)})
			c.ExpectTokenRequest()
			node.Refuse()
			node.Cut()
			c.ExpectLoss("CONNECTION_LOST")
			c.ExpectTokenRequest()
			first := time.Now()
			for range growthWaits {
				c.ExpectTokenRequest()
			}
			if took := time.Since(first); took < growthLeast {
				s.Failf("%d attempts after the first one within %v: the waits do not grow", growthWaits, took)
			}
			node.Accept()
			c.ExpectStates(scenario.Connected)
		},
	},
	{
		Name:       "reconnect/after kill -9 and a restart, with the same token",
		Rules:      []string{"SDK-7", "OP-8"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.NewNode("--data-dir", s.TempDir())
			c := s.Open(scenario.Opening{})
			channel := s.Unique("c")
			sub := c.Subscribe("t", channel)
			c.Publish("t", channel, "before")
			sub.Expect("before")
			node.Kill()
			c.ExpectLoss("CONNECTION_LOST")
			node.Restart()
			c.ExpectStates(scenario.Connected)
			c.Publish("t", channel, "after")
			sub.Expect("after")
		},
	},
	{
		Name:       "reconnect/a reason that no attempt mends ends the client",
		Rules:      []string{"SDK-7", "SDK-10"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.NewNode()
			c := s.Open(scenario.Opening{})
			sub := c.Subscribe("t", s.Unique("c"))
			node.Kill()
			c.ExpectLoss("CONNECTION_LOST")
			node.Restart() // without data: it does not know the token
			c.ExpectClosed("TOKEN_INVALID")
			sub.ExpectEnd("TOKEN_INVALID")
			c.StartPublish(scenario.Publishing{Tenant: "t", Channel: "c"}).Fails("TOKEN_INVALID")
		},
	},
	{
		Name:       "reconnect/the server ends the session for a reason that passes",
		Rules:      []string{"SDK-7", "SDK-10", "DL-8", "SF-12", "SF-18", "ER-1", "ER-2"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			relay := s.Relay()
			c, channel := s.Open(scenario.Opening{URL: relay.URL()}), s.Unique("end")
			sub := c.Subscribe("t", channel)
			for i, reason := range []string{"SLOW_CONSUMER", "DRAINING", "OVERLOADED", "INTERNAL"} {
				for _, told := range []bool{true, false} {
					relay.End(reason, told)
					c.ExpectLoss(reason)
					c.ExpectStates(scenario.Connected)
					c.Publish("t", channel, fmt.Sprint(i, told))
					sub.Expect(fmt.Sprint(i, told))
				}
			}
		},
	},
	{
		Name:       "reconnect/the server ends the session for good",
		Rules:      []string{"SDK-7", "SDK-10", "SF-12", "SF-18", "ER-1", "ER-2"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			relay := s.Relay()
			for _, reason := range []string{"TOKEN_REVOKED", "TOKEN_EXPIRED", "TOKEN_INVALID", "IP_NOT_ALLOWED", "FRAME_INVALID"} {
				for _, told := range []bool{true, false} {
					c := s.Open(scenario.Opening{URL: relay.URL()})
					sub := c.Subscribe("t", s.Unique("end"))
					relay.End(reason, told)
					c.ExpectClosed(reason)
					sub.ExpectEnd(reason)
				}
			}
		},
	},
	{
		Name:       "reconnect/what is no longer allowed ends, the rest goes on",
		Rules:      []string{"SDK-2", "SDK-7", "AZ-2"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			tenant := s.Unique("tenant")
			c := s.Open(scenario.Opening{Token: node.Token(scenario.Everything(tenant)).Text, TokenSource: true})
			stays, ends := c.Subscribe(tenant, "a.#"), c.Subscribe(tenant, "b.#")
			c.SupplyToken(node.Token(scenario.Grant(tenant, []string{"#"}, []string{"a.#"})).Text)
			node.Cut()
			c.ExpectLoss("CONNECTION_LOST")
			ends.ExpectEnd("SUBSCRIBE_DENIED")
			c.ExpectStates(scenario.Connected)
			c.Publish(tenant, "a", "still")
			stays.Expect("still")
		},
	},
	{
		Name:       "reconnect/subscribe and unsubscribe while away",
		Rules:      []string{"SDK-3", "SDK-7"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			c, channel := s.Open(scenario.Opening{}), s.Unique("c")
			before := c.Subscribe("t", channel)
			node.Refuse()
			node.Cut()
			c.ExpectLoss("CONNECTION_LOST")
			during, subscribing := c.StartSubscribe("t", channel+"*", 0, false)
			unsubscribing := before.StartUnsubscribe()
			node.Accept()
			c.ExpectStates(scenario.Connected)
			subscribing.Succeeds()
			unsubscribing.Succeeds()
			before.ExpectEnd("")
			c.Publish("t", channel, "x")
			during.Expect("x")
		},
	},
}
