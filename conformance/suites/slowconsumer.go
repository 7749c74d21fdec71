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
			node := s.ShareNode("--max-queue-bytes", "1MiB")
			slow, writer, quick := stalledListener(s, node)
			overrun(writer, quick)
			node.Resume()
			// Who reads nothing at all may not be told; see "reconnect/the server ends the session".
			slow.client.ExpectLoss("SLOW_CONSUMER", "CONNECTION_LOST")
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
			node := s.ShareNode("--max-queue-bytes", "1MiB", "--overflow-policy", "drop-oldest")
			slow, writer, quick := stalledListener(s, node)
			overrun(writer, quick)
			node.Resume()
			if missed := expectLagged(s, slow.sub, rounds*perOverrun); missed == 0 {
				s.Failf("%d messages of %d bytes were queued for a client that did not read", rounds*perOverrun, overrunPayload)
			}
			writer.Publish("t", quick.channel, "goes on")
			slow.sub.Expect("goes on")
			quick.sub.Expect("goes on")
		},
	},
}

// Some 24 MB: more than the operating system holds between a server and a
// client. A round of them is less than a queue.
const (
	rounds         = 50
	perOverrun     = 8
	overrunPayload = 60_000
)

// overrun publishes more than the slow listener's queue holds. The quick one gets
// everything meanwhile, and the writer is not held up.
func overrun(writer *scenario.Client, quick listener) {
	for round := range uint64(rounds) {
		first := round*perOverrun + 1
		writer.StartBurst("t", quick.channel, first, perOverrun, overrunPayload, false).Succeeds()
		quick.sub.ExpectNumbers(first, perOverrun)
	}
}

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
