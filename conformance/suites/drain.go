package suites

import (
	"encoding/binary"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// drain is how clients leave a server that goes away. Servers that are processes
// of their own have tokens of their own, so a token source gives those of the new
// one; and they know nothing of each other, so a client listens to what it
// publishes itself. Servers of a cluster, in one process, share tokens and
// messages. Behind a relay old and new connections lead to the same server.
var drain = []scenario.Case{
	{
		Name:       "drain/make before break: nothing lost, nothing twice, always CONNECTED",
		Rules:      []string{"DL-10", "SDK-9", "SDK-10", "SF-15", "SF-17", "CL-9"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			f := newFleet(s, 2)
			f.publish(10)
			f.replace()
			f.publish(10)
			f.close()
		},
	},
	{
		Name:       "drain/rolling restart: ten servers in turn, each client hears itself",
		Rules:      []string{"DL-10", "DL-4", "SDK-9", "SDK-10"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		// Processes that SIGTERM drains. They share no messages, so each client listens to
		// itself: shown is that it moves ten times and that what it publishes meanwhile comes
		// back once and in order. Messages between clients are shown by the next case.
		Run: func(s *scenario.S) {
			f := newFleet(s, 3)
			for range 10 {
				f.replace()
			}
			f.publish(20)
			f.close()
		},
	},
	{
		Name:        "drain/rolling restart of a cluster: ten servers in turn, every listener gets every message",
		Rules:       []string{"DL-4", "DL-5", "DL-10", "SDK-9", "SDK-10", "SF-15"},
		OwnsServer:  true,
		OwnsCluster: true,
		// The writer and the listeners are on two servers and move when theirs drains: what
		// is published at one comes from the other, during a move from both.
		Run: func(s *scenario.S) { rollCluster(s, 2, 10) },
	},
	{
		Name:       "drain/ten moves while both connections bring every message",
		Rules:      []string{"DL-4", "SDK-9", "SDK-10", "SF-15"},
		OwnsServer: true,
		Run:        func(s *scenario.S) { moveApart(s, 10, "#") },
	},
	{
		Name:       "drain/ten moves with patterns that overlap",
		Rules:      []string{"DL-2", "DL-4", "SDK-9", "SDK-10", "SF-15"},
		OwnsServer: true,
		Run:        func(s *scenario.S) { moveApart(s, 10, overlapping...) },
	},
	{
		Name:       "drain/who does not move is served until the time is over",
		Rules:      []string{"DL-10", "SDK-7", "SDK-9", "SDK-10"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.NewNode("--drain-timeout", "1s", "--data-dir", s.TempDir())
			c, channel := s.Open(scenario.Opening{TokenSource: true}), s.Unique("stays")
			sub := c.Subscribe("t", channel)
			s.Equal("how often the source was asked", 1, c.TokenRequests())
			node.Refuse() // there is nowhere to go
			wait := node.Drain()
			c.ExpectTokenRequest()
			c.Publish("t", channel, "while it drains")
			sub.Expect("while it drains")
			c.ExpectLoss("DRAINING")
			wait()
			node.Restart()
			c.ExpectStates(scenario.Connected)
			c.Publish("t", channel, "after it")
			sub.Expect("after it")
		},
	},
	{
		Name:       "drain/a subscription made while the client moves misses nothing",
		Rules:      []string{"SDK-3", "SDK-9"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.NewNode()
			c, channel := s.Open(scenario.Opening{TokenSource: true}), s.Unique("new")
			wait := node.Replace(func() { c.SupplyToken(node.Token(scenario.Everything("t")).Text) })
			for i := range 30 {
				sub := c.Subscribe("t", channel)
				c.Publish("t", channel, string(rune('a'+i)))
				sub.Expect(string(rune('a' + i)))
				sub.Unsubscribe()
				sub.ExpectEnd("")
			}
			wait()
		},
	},
}

// overlapping are ends of patterns that match one channel; the first and the
// last are the same pattern.
var overlapping = []string{"", "*", "#", ""}

// moveApart lets a writer and listeners, each with the patterns, move
// from one connection to another of the same server.
func moveApart(s *scenario.S, moves int, suffixes ...string) {
	relay := s.Relay()
	writer := &member{client: s.Open(scenario.Opening{URL: relay.URL()}), channel: s.Unique("apart")}
	for range 3 {
		writer.listenedBy(s.Open(scenario.Opening{URL: relay.URL()}), suffixes)
	}
	f := &fleet{s: s, members: []*member{writer}}
	f.publish(5)
	for i := range moves {
		relay.Move(time.Second, time.Duration(i%3)*time.Millisecond)
		for f.round(); relay.Leaving() > 0; {
			f.round()
		}
	}
	f.publish(5)
	f.close()
}

// rollCluster lets a writer and listeners, who share a token, live through the
// replacement of one server after the other.
//
// A writer that moves publishes on two connections, between which DL-4 promises no
// order. There is one all the same: an SDK publishes on the new connection once the
// old server has handled what it was sent, and by then the backplane of these
// servers has brought it to every listener's queue.
func rollCluster(s *scenario.S, size, replacements int) {
	cluster := s.NewCluster(size)
	token := cluster.Token(scenario.Everything("t")).Text
	open := func() *scenario.Client { return s.Open(scenario.Opening{URL: cluster.URL(), Token: token}) }
	writer := &member{client: open(), channel: s.Unique("cluster")}
	for range 4 {
		writer.listenedBy(open(), overlapping)
	}
	f := &fleet{s: s, members: []*member{writer}}
	f.publish(5)
	for range replacements {
		f.publishUntil(cluster.Replace())
	}
	f.publish(5)
	f.close()
}

// fleet is clients that publish numbers, and those that listen to them.
type fleet struct {
	s       *scenario.S
	node    *scenario.Node
	members []*member
}

// member is a client that publishes, and the subscriptions to that.
type member struct {
	client    *scenario.Client
	listeners []*scenario.Client // other clients
	channel   string
	subs      []*scenario.Subscription
	sent      uint64
	inFlight  []*scenario.Pending // of the last round
}

// newFleet is clients of a server of the case's own that listen to themselves.
func newFleet(s *scenario.S, size int) *fleet {
	f := &fleet{s: s, node: s.NewNode()}
	for range size {
		m := &member{client: s.Open(scenario.Opening{TokenSource: true}), channel: s.Unique("fleet")}
		m.listen(m.client, overlapping)
		f.members = append(f.members, m)
	}
	return f
}

func (m *member) listen(client *scenario.Client, suffixes []string) {
	for _, suffix := range suffixes {
		m.subs = append(m.subs, client.Subscribe("t", m.channel+suffix))
	}
}

// listenedBy makes another client listen to what the member publishes.
func (m *member) listenedBy(client *scenario.Client, suffixes []string) {
	m.listeners = append(m.listeners, client)
	m.listen(client, suffixes)
}

// perRound is how many messages each client publishes in a round.
const perRound = 20

// publish lets every client publish some rounds, and every listener must get
// every number once and in order.
func (f *fleet) publish(rounds int) {
	for range rounds {
		f.round()
	}
}

// round lets every client publish, and then looks at what it has published in the
// round before: writers never pause.
func (f *fleet) round() {
	for _, m := range f.members {
		before := m.inFlight
		m.inFlight = nil
		for range perRound {
			m.sent++
			payload := binary.BigEndian.AppendUint64(nil, m.sent)
			m.inFlight = append(m.inFlight, m.client.StartPublish(scenario.Publishing{Tenant: "t", Channel: m.channel, Payload: payload}))
		}
		m.expect(before, m.sent-perRound)
	}
}

// expect waits for publishes, and for every listener to get them; last is the
// number of the last one.
func (m *member) expect(published []*scenario.Pending, last uint64) {
	if len(published) == 0 {
		return
	}
	for _, p := range published {
		p.Succeeds()
	}
	for _, sub := range m.subs {
		sub.ExpectNumbers(last-uint64(len(published))+1, len(published))
	}
}

// replace drains the server and goes on publishing until it is gone.
func (f *fleet) replace() {
	f.publishUntil(f.node.Replace(func() {
		for _, m := range f.members {
			m.client.SupplyToken(f.node.Token(scenario.Everything("t")).Text)
		}
	}))
}

// publishUntil goes on publishing until wait has returned.
func (f *fleet) publishUntil(wait func()) {
	gone := make(chan struct{})
	failed := make(chan any, 1)
	go func() {
		defer close(gone)
		defer func() { failed <- recover() }()
		wait()
	}()
	for {
		select {
		case <-gone:
			if failure := <-failed; failure != nil {
				panic(failure)
			}
			return
		default:
			f.round()
		}
	}
}

// close ends the clients, which must not have reported any other state.
func (f *fleet) close() {
	for _, m := range f.members {
		m.expect(m.inFlight, m.sent)
		for _, c := range append(m.listeners, m.client) {
			c.Close()
			c.ExpectClosed("")
		}
	}
}
