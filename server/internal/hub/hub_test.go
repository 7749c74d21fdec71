package hub_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane/local"
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
)

// text is an encoder whose frames can be read in a test; it counts its work.
type text struct {
	name    string
	mu      sync.Mutex
	encoded int
}

func (e *text) EncodeDelivery(m *hub.Message, matches []hub.Match) *outbox.Frame {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.encoded++
	var patterns []string
	for _, match := range matches {
		patterns = append(patterns, match.Pattern)
	}
	slices.Sort(patterns)
	line := fmt.Sprintf("%s %s/%s %s %v\n", e.name, m.Tenant, m.Channel, m.Payload, patterns)
	return &outbox.Frame{Messages: 1, Data: []byte(line)}
}

// client is a connection without limits.
type client struct {
	*hub.Subscriber
	outbox  *outbox.Outbox
	stalled chan struct{} // nil: it writes at once
	mu      sync.Mutex
	written bytes.Buffer
}

func (c *client) WriteFrames(frames []*outbox.Frame) error {
	if c.stalled != nil {
		<-c.stalled
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range frames {
		c.written.Write(f.Data)
	}
	return nil
}

func (*client) LostFrame(uint64) *outbox.Frame { return nil }
func (*client) OutboxFailed(error)             {}

// read takes what has arrived.
func (c *client) read() string {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.written.Reset()
	return c.written.String()
}

func newClient(e hub.Encoder) *client {
	return newClientWith(&outbox.Options{MaxBytes: 1 << 20, MaxMessages: 1 << 20}, e)
}

func newClientWith(o *outbox.Options, e hub.Encoder) *client {
	c := &client{}
	c.outbox = outbox.New(o, c, c)
	c.Subscriber = hub.NewSubscriber(c.outbox, e)
	return c
}

func newHub(t *testing.T, b backplane.Backplane) *hub.Hub {
	h, err := hub.New(t.Context(), b)
	require.NoError(t, err)
	return h
}

func pattern(t *testing.T, text string) channel.Pattern {
	p, err := channel.ParsePattern(text, channel.MaxChannelBytes)
	require.NoError(t, err)
	return p
}

func subscribe(t *testing.T, h *hub.Hub, c *client, tenant, text string) hub.Match {
	m, err := h.Subscribe(t.Context(), c.Subscriber, tenant, pattern(t, text))
	require.NoError(t, err)
	return m
}

func publish(t *testing.T, h *hub.Hub, tenant, name, payload string, mode hub.Mode) *hub.Message {
	m := &hub.Message{Tenant: tenant, Channel: name, Payload: []byte(payload), Mode: mode}
	require.NoError(t, h.Publish(t.Context(), m))
	return m
}

// TestOneDeliveryPerConnection names all matching subscriptions in one delivery
// (DL-2), to those subscribed now (DL-1), in this tenant only (CH-5).
func TestOneDeliveryPerConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, e := newHub(t, new(local.Alone)), &text{name: "x"}
		both, one, other := newClient(e), newClient(e), newClient(e)
		publish(t, h, "t", "a.b", "before", hub.Broadcast)
		subscribe(t, h, both, "t", "a.#")
		subscribe(t, h, both, "t", "a.*")
		subscribe(t, h, both, "t", "b")
		subscribe(t, h, one, "t", "a.#")
		subscribe(t, h, other, "u", "#")
		publish(t, h, "t", "a.b", "hi", hub.Broadcast)
		assert.Equal(t, "x t/a.b hi [a.# a.*]\n", both.read())
		assert.Equal(t, "x t/a.b hi [a.#]\n", one.read())
		assert.Empty(t, other.read())
		assert.Equal(t, 2, e.encoded)
	})
}

// TestEncodeOnce encodes once for each set of patterns and wire.
func TestEncodeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, x, y := newHub(t, new(local.Alone)), &text{name: "x"}, &text{name: "y"}
		clients := make([]*client, 40)
		for i := range clients {
			clients[i] = newClient([]hub.Encoder{x, y}[i%2])
			subscribe(t, h, clients[i], "t", "a.#")
		}
		publish(t, h, "t", "a", "1", hub.Broadcast)
		n, err := h.PublishAll(t.Context(), []*hub.Message{
			{Tenant: "t", Channel: "a", Payload: []byte("2")}, {Tenant: "t", Channel: "a", Payload: []byte("3")},
		})
		require.NoError(t, err)
		assert.Equal(t, 2, n)
		assert.Equal(t, 3, x.encoded)
		assert.Equal(t, 3, y.encoded)
		for i, c := range clients {
			name := "xy"[i%2 : i%2+1]
			want := ""
			for _, payload := range []string{"1", "2", "3"} {
				want += fmt.Sprintf("%s t/a %s [a.#]\n", name, payload)
			}
			assert.Equal(t, want, c.read(), "order (DL-4)")
		}
	})
}

// TestHandles gives a pair of tenant and pattern one number on the node.
func TestHandles(t *testing.T) {
	h, e := newHub(t, new(local.Alone)), &text{}
	a, b := newClient(e), newClient(e)
	first := subscribe(t, h, a, "t", "a.#")
	assert.Equal(t, first, subscribe(t, h, a, "t", "a.#"), "asking again succeeds")
	assert.Equal(t, first, subscribe(t, h, b, "t", "a.#"))
	assert.NotEqual(t, first.Handle, subscribe(t, h, b, "u", "a.#").Handle)
	assert.NotEqual(t, first.Handle, subscribe(t, h, b, "t", "a.>").Handle)
}

// TestUnsubscribe delivers nothing afterwards, and leaves nothing behind: a
// channel exists while somebody uses it (CH-6).
func TestUnsubscribe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, e := newHub(t, new(local.Alone)), &text{name: "x"}
		c := newClient(e)
		subscribe(t, h, c, "t", "a")
		assert.True(t, h.Unsubscribe(c.Subscriber, "t", pattern(t, "a")))
		assert.False(t, h.Unsubscribe(c.Subscriber, "t", pattern(t, "a")))
		assert.False(t, h.Unsubscribe(c.Subscriber, "never", pattern(t, "a")))
		publish(t, h, "t", "a", "1", hub.Broadcast)
		assert.Empty(t, c.read())
		subscribe(t, h, c, "t", "a")
		publish(t, h, "t", "a", "2", hub.Broadcast)
		assert.Equal(t, "x t/a 2 [a]\n", c.read())
	})
}

// TestMessageIDs are unique, and the time is the node's.
func TestMessageIDs(t *testing.T) {
	h, g := newHub(t, new(local.Alone)), newHub(t, new(local.Alone))
	seen := map[hub.MessageID]bool{}
	for range 100 {
		for _, from := range []*hub.Hub{h, g} {
			m := publish(t, from, "t", "a", "", hub.Broadcast)
			require.False(t, seen[m.ID])
			require.NotZero(t, m.PublishedAt)
			seen[m.ID] = true
		}
	}
}

// TestDeliverOne gives a message to exactly one connection, at random, with all
// its matching subscriptions; to nobody, silently, when there is none (DL-6).
func TestDeliverOne(t *testing.T) {
	for _, mode := range []hub.Mode{hub.OneLowLatency, hub.OneRandom} {
		synctest.Test(t, func(t *testing.T) {
			h, e := newHub(t, new(local.Alone)), &text{name: "x"}
			publish(t, h, "t", "a", "nobody", mode)
			clients := []*client{newClient(e), newClient(e), newClient(e)}
			for _, c := range clients {
				subscribe(t, h, c, "t", "a")
			}
			subscribe(t, h, clients[2], "t", "#")
			got := map[int]int{}
			for range 300 {
				publish(t, h, "t", "a", "m", mode)
				got[receivers(t, clients)]++
			}
			assert.Len(t, got, 3, "everybody has a turn")
		})
	}
}

// receivers is the one client that has got something.
func receivers(t *testing.T, clients []*client) int {
	found := -1
	for i, c := range clients {
		if line := c.read(); line != "" {
			require.Equal(t, -1, found, "two connections got it")
			require.Equal(t, map[bool]string{true: "x t/a m [# a]\n", false: "x t/a m [a]\n"}[i == 2], line)
			found = i
		}
	}
	require.NotEqual(t, -1, found, "nobody got it")
	return found
}

// TestDeliverOneSkipsEnding prefers a connection that takes the message.
func TestDeliverOneSkipsEnding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, e := newHub(t, new(local.Alone)), &text{name: "x"}
		ending, alive := newClient(e), newClient(e)
		subscribe(t, h, ending, "t", "a")
		subscribe(t, h, alive, "t", "a")
		ending.outbox.Close(true)
		for range 20 {
			publish(t, h, "t", "a", "m", hub.OneRandom)
			assert.Equal(t, "x t/a m [a]\n", alive.read())
		}
	})
}

// TestDeliverOnePrefersRoom gives a message to a connection that has room, and
// not to one that would drop it (DL-6, DL-8).
func TestDeliverOnePrefersRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, e := newHub(t, new(local.Alone)), &text{name: "x"}
		full, alive := newClientWith(&outbox.Options{MaxBytes: 1 << 20, MaxMessages: 1, Policy: outbox.DropOldest}, e), newClient(e)
		full.stalled = make(chan struct{})
		full.outbox.Push(&outbox.Frame{Messages: 1, Data: []byte("pending")})
		subscribe(t, h, full, "t", "a")
		subscribe(t, h, alive, "t", "a")
		for range 20 {
			publish(t, h, "t", "a", "m", hub.OneRandom)
			assert.Equal(t, "x t/a m [a]\n", alive.read())
		}
		close(full.stalled)
		assert.Equal(t, "pending", full.read())
	})
}

// TestCluster crosses nodes: broadcasts once each (DL-2), deliver-one to one
// connection of the cluster (DL-6), low latency to the publisher's own node.
func TestCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, e := local.NewBus(), &text{name: "x"}
		here, there := newHub(t, bus.Member("here")), newHub(t, bus.Member("there"))
		near, far := newClient(e), newClient(e)
		subscribe(t, there, far, "t", "#")
		publish(t, here, "t", "a", "1", hub.Broadcast)
		publish(t, here, "t", "a", "2", hub.OneLowLatency)
		publish(t, here, "t", "a", "3", hub.OneRandom)
		assert.Equal(t, "x t/a 1 [#]\nx t/a 2 [#]\nx t/a 3 [#]\n", far.read())
		subscribe(t, here, near, "t", "a")
		publish(t, here, "t", "a", "4", hub.Broadcast)
		assert.Equal(t, "x t/a 4 [#]\n", far.read())
		assert.Equal(t, "x t/a 4 [a]\n", near.read())
		for range 50 {
			publish(t, here, "t", "a", "m", hub.OneLowLatency)
			assert.Equal(t, "x t/a m [a]\n", near.read())
		}
		turns := map[bool]int{}
		for range 200 {
			publish(t, here, "t", "a", "m", hub.OneRandom)
			nearGot, farGot := near.read() != "", far.read() != ""
			require.NotEqual(t, nearGot, farGot, "exactly one gets it")
			turns[nearGot]++
		}
		assert.Len(t, turns, 2)
	})
}

// TestBackplaneGone refuses with BACKPLANE_UNAVAILABLE, and a refused
// subscription is none (DL-5, DL-9).
func TestBackplaneGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		member := new(local.Alone)
		h, c := newHub(t, member), newClient(&text{name: "x"})
		require.NoError(t, h.Check(t.Context()))
		require.NoError(t, member.Close())
		_, err := h.Subscribe(t.Context(), c.Subscriber, "t", pattern(t, "a"))
		assert.Equal(t, apierror.BackplaneUnavailable, apierror.ReasonOf(err))
		err = h.Publish(t.Context(), &hub.Message{Tenant: "t", Channel: "a"})
		assert.Equal(t, apierror.BackplaneUnavailable, apierror.ReasonOf(err))
		n, err := h.PublishAll(t.Context(), []*hub.Message{{Tenant: "t", Channel: "a"}})
		assert.Zero(t, n)
		assert.Error(t, err)
		assert.Error(t, h.Check(t.Context()))
		assert.Empty(t, c.read())
	})
}

// TestConcurrentTenants comes and goes with the subscriptions of tenants.
func TestConcurrentTenants(t *testing.T) {
	h, e := newHub(t, new(local.Alone)), &text{name: "x"}
	p := pattern(t, "a")
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			c := newClient(e)
			for i := range 2000 {
				tenant := fmt.Sprint("t", i%3)
				if _, err := h.Subscribe(context.Background(), c.Subscriber, tenant, p); err != nil {
					t.Error(err)
				}
				if !h.Unsubscribe(c.Subscriber, tenant, p) {
					t.Error("the subscription is gone")
				}
			}
		})
	}
	running.Wait()
}

type discard struct{}

func (discard) WriteFrames([]*outbox.Frame) error { return nil }
func (discard) LostFrame(uint64) *outbox.Frame    { return nil }
func (discard) OutboxFailed(error)                {}
func (discard) EncodeDelivery(m *hub.Message, _ []hub.Match) *outbox.Frame {
	return &outbox.Frame{Messages: 1, Data: bytes.Clone(m.Payload)}
}

// BenchmarkFanOut publishes 128 bytes to 1,000 connections.
func BenchmarkFanOut(b *testing.B) {
	h, err := hub.New(b.Context(), new(local.Alone))
	require.NoError(b, err)
	p, err := channel.ParsePattern("a.#", channel.MaxChannelBytes)
	require.NoError(b, err)
	options := &outbox.Options{MaxBytes: 8 << 20, MaxMessages: 65536}
	for range 1000 {
		s := hub.NewSubscriber(outbox.New(options, discard{}, discard{}), discard{})
		_, err := h.Subscribe(b.Context(), s, "t", p)
		require.NoError(b, err)
	}
	m := &hub.Message{Tenant: "t", Channel: "a.b", Payload: make([]byte, 128)}
	b.ReportAllocs()
	for b.Loop() {
		_ = h.Publish(b.Context(), m)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/delivery")
}
