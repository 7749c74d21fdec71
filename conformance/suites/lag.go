package suites

import (
	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// lag is what an application sees that is slower than its messages.
var lag = []scenario.Case{
	{
		Name:  "lag/the oldest go, the stream says how many, and goes on",
		Rules: []string{"SDK-11"},
		Needs: []string{"lag"},
		Run: func(s *scenario.S) {
			c, channel := s.Open(scenario.Opening{}), s.Unique("lag")
			slow, subscribing := c.StartSubscribe("t", channel, 10, true)
			subscribing.Succeeds()
			quick := c.Subscribe("t", channel+".#")
			c.StartBurst("t", channel, 1, 1000, 64, false).Succeeds()
			quick.ExpectNumbers(1, 1000) // another subscription of the same client is not held up
			slow.Resume()
			missed := expectLagged(s, slow, 1000)
			if missed < 900 || missed > 999 {
				s.Failf("the subscription holds 10 messages, and lagged by %d of 1000", missed)
			}
			c.StartBurst("t", channel, 1001, 5, 64, false).Succeeds()
			slow.ExpectNumbers(1001, 5)
			quick.ExpectNumbers(1001, 5)
		},
	},
	{
		Name:  "lag/the client's own default bounds every subscription",
		Rules: []string{"SDK-11"},
		Needs: []string{"lag"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{Options: &conformancev1.ClientOptions{SubscriptionBufferMessages: proto.Uint32(20)}})
			channel := s.Unique("default")
			small, subscribing := c.StartSubscribe("t", channel, 0, true)
			subscribing.Succeeds()
			large, subscribing := c.StartSubscribe("t", channel, 1000, true)
			subscribing.Succeeds()
			c.StartBurst("t", channel, 1, 500, 8, false).Succeeds()
			c.Publish("t", "sentinel", "") // behind it, everything has reached the buffers
			large.Resume()
			large.ExpectNumbers(1, 500)
			small.Resume()
			if missed := expectLagged(s, small, 500); missed < 400 {
				s.Failf("the subscription holds 20 messages, and lagged by %d of 500", missed)
			}
		},
	},
	{
		Name:  "lag/again and again",
		Rules: []string{"SDK-11"},
		Needs: []string{"lag"},
		Run: func(s *scenario.S) {
			c, channel := s.Open(scenario.Opening{}), s.Unique("again")
			slow, subscribing := c.StartSubscribe("t", channel, 5, true)
			subscribing.Succeeds()
			witness := c.Subscribe("t", channel)
			for round := range uint64(5) {
				c.StartBurst("t", channel, round*100+1, 100, 8, false).Succeeds()
				witness.ExpectNumbers(round*100+1, 100)
				slow.Resume()
				expectLaggedFrom(s, slow, round*100+1, (round+1)*100)
				slow.Pause() // a read that has begun may still take one message
			}
		},
	},
	{
		Name:  "lag/a slow application holds up neither publishes nor other clients",
		Rules: []string{"SDK-11", "DL-8"},
		Needs: []string{"lag"},
		Run: func(s *scenario.S) {
			c, other, channel := s.Open(scenario.Opening{}), s.Open(scenario.Opening{}), s.Unique("busy")
			slow, subscribing := c.StartSubscribe("t", channel, 1, true)
			subscribing.Succeeds()
			quick := other.Subscribe("t", channel)
			for round := range uint64(30) { // 12 MB through the slow client's connection
				c.StartBurst("t", channel, round*100+1, 100, 4096, false).Succeeds()
				quick.ExpectNumbers(round*100+1, 100)
			}
			new := c.Subscribe("t", channel+".new")
			c.Publish("t", channel+".new", "x")
			new.Expect("x")
			slow.Ignore()
		},
	},
}

// expectLagged takes lags and numbered messages until the last one, and says how
// many are gone. Nothing may be missing that no lag tells of.
func expectLagged(s *scenario.S, sub *scenario.Subscription, last uint64) (missed uint64) {
	return expectLaggedFrom(s, sub, 1, last)
}

func expectLaggedFrom(s *scenario.S, sub *scenario.Subscription, first, last uint64) (missed uint64) {
	for next := first; next <= last; {
		lagged, n := sub.NextIsLag()
		if lagged {
			missed += n
			next += n
			continue
		}
		s.Equal("number of the message behind the lags", next, n)
		next++
	}
	return missed
}
