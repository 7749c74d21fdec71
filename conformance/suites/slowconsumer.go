package suites

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// slowConsumer is what a server does with a client that does not read. The
// network under it stalls; some megabytes are on their way before its queue at
// the server is full.
var slowConsumer = []scenario.Case{
	{
		Name:       "slow consumer/policy disconnect: SLOW_CONSUMER, and the client comes back",
		Rules:      []string{"DL-8", "LM-8", "SDK-7"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode("--max-queue-bytes", "256KiB")
			slow, writer, quick := stalledListener(s, node)
			writer.StartBurst("t", quick.channel, 1, burst, burstPayload, false).Succeeds()
			quick.sub.ExpectNumbers(1, burst) // nobody else is held up
			node.Resume()
			slow.client.ExpectLoss("SLOW_CONSUMER")
			slow.client.ExpectStates(scenario.Connected)
			slow.sub.Ignore() // what was on its way
			again := slow.client.Subscribe("t", quick.channel+".again")
			writer.Publish("t", quick.channel+".again", "back")
			again.Expect("back")
		},
	},
	{
		Name:       "slow consumer/policy drop-oldest: the stream says how many are lost, and goes on",
		Rules:      []string{"DL-8", "LM-8", "SDK-11", "SF-16"},
		Needs:      []string{"lag"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode("--max-queue-bytes", "256KiB", "--overflow-policy", "drop-oldest")
			slow, writer, quick := stalledListener(s, node)
			writer.StartBurst("t", quick.channel, 1, burst, burstPayload, false).Succeeds()
			quick.sub.ExpectNumbers(1, burst)
			node.Resume()
			if missed := expectLagged(s, slow.sub, burst); missed == 0 {
				s.Failf("%d messages of %d bytes were queued for a client that did not read", burst, burstPayload)
			}
			writer.Publish("t", quick.channel, "goes on")
			slow.sub.Expect("goes on")
		},
	},
}

// More than the buffers of the operating system hold between a server and a
// client, on the loopback interface.
const (
	burst        = 1000
	burstPayload = 32 << 10
)

type listener struct {
	client  *scenario.Client
	sub     *scenario.Subscription
	channel string
}

// stalledListener is a listener behind a network that stalls, a writer, and a
// listener that are not.
func stalledListener(s *scenario.S, node *scenario.Node) (slow listener, writer *scenario.Client, quick listener) {
	channel := s.Unique("slow")
	slow = listener{client: s.Open(scenario.Opening{}), channel: channel}
	slow.sub = slow.client.Subscribe("t", channel)
	direct := scenario.Opening{URL: node.DirectURL(s.Transport)}
	writer = s.Open(direct)
	quick = listener{client: s.Open(direct), channel: channel}
	quick.sub = quick.client.Subscribe("t", channel)
	node.Stall()
	return slow, writer, quick
}
