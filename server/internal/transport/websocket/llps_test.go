package websocket

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// LP-9 to LP-19, LP-23 to LP-27: the conversations of the vectors. That a step
// has no answer, the answer to the next shows.
func TestLLPSExchanges(t *testing.T) {
	cases, err := vectors.LLPSFrames()
	require.NoError(t, err)
	seen := 0
	for _, test := range cases {
		if test.Kind != vectors.KindExchange {
			continue
		}
		seen++
		t.Run(test.Name, func(t *testing.T) {
			// A server of its own: the client of the case before may not be gone yet, and
			// take a message for one.
			c := newServer(t).connect("llps.v1", someToken)
			for _, step := range test.Steps {
				if step.SendFrame != nil {
					c.binary(step.SendFrame)
				} else {
					c.text(step.Send)
				}
				for _, answer := range step.Answers {
					c.expectAnswer(answer)
				}
				if step.Closes != 0 {
					c.expectClose(uint16(step.Closes), "FRAME_INVALID: ") //nolint:gosec // a close code
					return
				}
			}
			c.expectSilence()
		})
	}
	assert.Greater(t, seen, 40)
}

func (c *client) expectAnswer(want vectors.Answer) {
	c.t.Helper()
	opcode, payload, err := c.frame()
	require.NoError(c.t, err)
	text := string(payload)
	switch {
	case want.Deliver != nil:
		require.Equal(c.t, wsframe.Binary, opcode, "%q", text)
		d := want.Deliver
		patterns := deliveredPatterns(c.t, payload, d)
		require.ElementsMatch(c.t, d.Patterns, patterns)
	case want.Text != "":
		require.Equal(c.t, want.Text, text)
	case want.ErrorCode != "":
		require.Equal(c.t, "ERR:"+want.ErrorCode, strings.Join(strings.SplitN(text, ":", 3)[:2], ":"))
	default:
		require.Equal(c.t, wsframe.Text, opcode)
		requireSameJSON(c.t, want.JSON, payload)
	}
}

// deliveredPatterns checks a deliver frame up to its patterns, and gives those.
func deliveredPatterns(t testing.TB, frame []byte, want *vectors.Deliver) (patterns []string) {
	t.Helper()
	head := deliver(want.Tenant, want.Channel, string(want.Payload))
	head = head[:len(head)-2]
	require.True(t, strings.HasPrefix(string(frame), head), "%x", frame)
	rest := frame[len(head):]
	count := binary.BigEndian.Uint16(rest)
	rest = rest[2:]
	for range count {
		size := binary.BigEndian.Uint16(rest)
		patterns = append(patterns, string(rest[2:2+size]))
		rest = rest[2+size:]
	}
	require.Empty(t, rest)
	return patterns
}

// requireSameJSON compares all but the text for people.
func requireSameJSON(t testing.TB, want, got []byte) {
	t.Helper()
	var w, g map[string]any
	require.NoError(t, json.Unmarshal(want, &w))
	require.NoError(t, json.Unmarshal(got, &g))
	if _, ok := w["message"]; !ok {
		delete(g, "message")
	}
	require.Equal(t, w, g)
}

// LP-13, LP-19: refusals are told, and leave the connection open.
func TestRefusalsLeaveTheConnectionOpen(t *testing.T) {
	c := newServer(t).llps()
	c.binary(publishV1("t9", "a", "x"))
	c.expectText("ERR:permission_denied:PUB:t9:a")
	c.binary(publishV1("t1", "a..b", "x"))
	c.expectText("ERR:channel_invalid:PUB:t1:a..b")
	c.binary(publishV1("t1", "a", strings.Repeat("x", 65536)))
	c.expectText("ERR:payload_too_large:PUB:t1:a")
	c.text("PING")
	c.expectText("PONG")
}

// LP-23: what is sent turns to JSON with the first JSON object, whatever the
// client sends afterwards.
func TestJSONSwitch(t *testing.T) {
	c := newServer(t).llps()
	c.text("SUB:t1:a.#")
	c.expectText("OK:SUB:t1:a.#")
	c.binary(publishV1("t1", "a", "1"))
	c.expect(wsframe.Binary, deliver("t1", "a", "1", "a.#"))
	c.text(`{"action":"nonsense","id":1}`)
	opcode, payload, err := c.frame()
	require.NoError(t, err)
	require.Equal(t, wsframe.Text, opcode)
	requireSameJSON(t, []byte(`{"type":"error","reason":"REQUEST_INVALID","id":1}`), payload)
	c.text("SUB:t1:b")
	c.expectJSON(`{"type":"ok","action":"subscribe","tenant":"t1","channel":"b"}`)
	c.binary(publishV1("t1", "b", "2"))
	c.expectJSON(`{"type":"message","tenant":"t1","channel":"b","payload":"2","patterns":["b"]}`)
	c.text("PING")
	c.expectJSON(`{"type":"pong"}`)
	c.text(`{"action":"publish","tenant":"t1","channel":"c","payload":"3","id":"p"}`)
	c.expectJSON(`{"type":"ok","action":"publish","tenant":"t1","channel":"c","id":"p"}`)
}

// DL-4, LP-15: publishes that arrive together are handled in order, with what is
// in between.
func TestPublishesInOneWrite(t *testing.T) {
	c := newServer(t).llps()
	c.text("SUB:t1:a.#")
	c.expectText("OK:SUB:t1:a.#")
	var all []byte
	var want []string
	for i := range 1000 {
		payload := strings.Repeat("x", i%300) + string(rune('a'+i%26))
		all = append(all, clientFrame(true, wsframe.Binary, publishV1("t1", "a", payload))...)
		want = append(want, deliver("t1", "a", payload, "a.#"))
		if i%100 == 50 {
			all = append(all, clientFrame(true, wsframe.Text, []byte("PING"))...)
			all = append(all, clientFrame(true, wsframe.Ping, []byte{byte(i / 100)})...)
			want = append(want, "PONG")
		}
	}
	c.send(all)
	answered := 0
	for len(want) > 0 || answered < 10 {
		opcode, payload, err := c.frame()
		require.NoError(t, err)
		if opcode == wsframe.Pong { // newer pings may be answered in place of older ones
			require.GreaterOrEqual(t, int(payload[0]), answered)
			answered = int(payload[0]) + 1
			require.LessOrEqual(t, len(want), 1010-answered*101+49, "behind the answers to what came before")
			continue
		}
		require.Equal(t, want[0], string(payload))
		want = want[1:]
	}
}

// LP-20, DL-10: RECONNECT, deliveries until the end of the drain time, and the
// close code.
func TestDrain(t *testing.T) {
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		c, j := p.connect(t, "llps.v1"), p.connect(t, "llps.v1")
		c.text("SUB:t1:a")
		c.expectText("OK:SUB:t1:a")
		j.text(`{"action":"ping"}`)
		j.expectJSON(`{"type":"pong"}`)
		drained := make(chan struct{})
		go func() {
			defer close(drained)
			s.registry.Drain(t.Context(), keepAlive/2)
		}()
		c.expectText("RECONNECT")
		j.expectJSON(`{"type":"reconnect"}`)
		c.binary(publishV1("t1", "a", "still here"))
		c.expect(wsframe.Binary, deliver("t1", "a", "still here", "a"))
		c.expectText("ERR:draining")
		c.expectClose(1001, "DRAINING: ")
		_, payload, err := j.frame()
		require.NoError(t, err)
		requireSameJSON(t, []byte(`{"type":"error","reason":"DRAINING"}`), payload)
		j.expectClose(1001, "DRAINING: ")
		<-drained
		checkProblem(t, p.dial(t).request("GET / HTTP/1.1", upgradeLines+"Authorization: Bearer "+goodToken+"\r\n"), 503, "DRAINING")
	})
}

// LP-22, LP-28, DL-8: the client reads what is left, and how many are not.
func TestDropOldest(t *testing.T) {
	s := newServer(t, overflow(1<<20, outbox.DropOldest))
	for _, form := range []string{"text", "json"} {
		t.Run(form, func(t *testing.T) {
			c, writer := s.llps(), s.llps()
			if form == "json" {
				c.text(`{"action":"subscribe","tenant":"t1","channel":"a"}`)
				c.expectJSON(`{"type":"ok","action":"subscribe","tenant":"t1","channel":"a"}`)
			} else {
				c.text("SUB:t1:a")
				c.expectText("OK:SUB:t1:a")
			}
			const total, size = 3000, 8 << 10 // 24 MiB, which no socket buffer holds
			publish := clientFrame(true, wsframe.Binary, publishV1("t1", "a", strings.Repeat("x", size)))
			for range total {
				writer.send(publish)
			}
			writer.text("PING")
			writer.expectText("PONG")
			lost, got := 0, 0
			for lost+got < total {
				opcode, payload, err := c.frame()
				require.NoError(t, err)
				if n, ok := lossOf(opcode, payload); ok {
					lost += n
				} else {
					got++
				}
			}
			assert.Positive(t, lost)
			assert.Positive(t, got)
			assert.Equal(t, total, lost+got)
		})
	}
}

// lossOf reads a message that tells of a loss, in either form.
func lossOf(opcode wsframe.Opcode, payload []byte) (n int, ok bool) {
	if text, is := strings.CutPrefix(string(payload), "ERR:slow_consumer:"); is {
		err := json.Unmarshal([]byte(text), &n)
		return n, err == nil
	}
	var loss struct {
		Type, Reason string
		Lost         int
	}
	if opcode != wsframe.Text || json.Unmarshal(payload, &loss) != nil || loss.Reason != "SLOW_CONSUMER" {
		return 0, false
	}
	return loss.Lost, loss.Type == "error"
}

// DL-8: a client that never reads is closed, and nobody else notices.
func TestSlowConsumer(t *testing.T) {
	s := newServer(t, overflow(64<<10, outbox.Disconnect))
	stalled, healthy, writer := s.llps(), s.llps(), s.llps()
	for _, c := range []*client{stalled, healthy} {
		c.text("SUB:t1:a")
		c.expectText("OK:SUB:t1:a")
	}
	writer.text("PING")
	writer.expectText("PONG") // it has a session
	payload := strings.Repeat("x", 8<<10)
	for s.registry.Count() == 3 {
		writer.binary(publishV1("t1", "a", payload))
		healthy.expect(wsframe.Binary, deliver("t1", "a", payload, "a"))
	}
	writer.binary(publishV1("t1", "a", payload))
	healthy.expect(wsframe.Binary, deliver("t1", "a", payload, "a"))
	for {
		if _, _, err := stalled.frame(); err != nil {
			break // what was written before has been read
		}
	}
}

// LP-21: clients that vanish, or close without a code.
func TestClientsThatGo(t *testing.T) {
	for name, leave := range map[string]func(*client){
		"vanishes":            func(c *client) { _ = c.Close() },
		"closes without code": func(c *client) { c.closes(nil) },
		"closes with a code":  func(c *client) { c.closes([]byte{0x03, 0xe9, 'b', 'y', 'e'}) },
		"vanishes in a frame": func(c *client) { c.send(clientFrame(true, wsframe.Binary, make([]byte, 50))[:20]); _ = c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			c := s.llps()
			c.text("SUB:t1:a")
			c.expectText("OK:SUB:t1:a")
			leave(c)
			s.waitUntilEmpty()
		})
	}
}

// closes sends a Close frame and expects it back.
func (c *client) closes(payload []byte) {
	c.t.Helper()
	c.send(clientFrame(true, wsframe.Close, payload))
	c.expect(wsframe.Close, string(payload))
	c.expectEnd()
}

// waitUntilEmpty waits until there is no session, by the clients of the server.
func (s *server) waitUntilEmpty() {
	s.t.Helper()
	s.handler.Wait()
	require.Zero(s.t, s.registry.Count())
}

// LP-8, LP-18: a client that says nothing is told nothing.
func TestSilence(t *testing.T) {
	for _, protocol := range []string{"", "llps.v1"} {
		newServer(t).connect(protocol, goodToken).expectSilence()
	}
}

// LP-16, LP-17: a tenant runs to the first colon; repeating is fine.
func TestSubscribeTwice(t *testing.T) {
	c := newServer(t).llps()
	for range 2 {
		c.text("SUB::a.>")
		c.expectText("OK:SUB::a.>")
	}
	c.binary(publishV1("", "a.b", "x"))
	c.expect(wsframe.Binary, deliver("~", "a.b", "x", "a.>"))
	for range 2 {
		c.text("UNSUB:~:a.>")
		c.expectText("OK:UNSUB:~:a.>")
	}
	c.binary(publishV1("", "a.b", "x"))
	c.expectSilence()
}

// LP-15: one deliver frame names all patterns.
func TestOneDeliveryNamesAllPatterns(t *testing.T) {
	c := newServer(t).llps()
	patterns := []string{"a.#", "a.*", "#", "a.b"}
	for _, p := range patterns {
		c.text("SUB:t1:" + p)
		c.expectText("OK:SUB:t1:" + p)
	}
	c.binary(publishV1("t1", "a.b", "x"))
	_, payload, err := c.frame()
	require.NoError(t, err)
	got := deliveredPatterns(t, payload, &vectors.Deliver{Tenant: "t1", Channel: "a.b", Payload: []byte("x")})
	slices.Sort(got)
	slices.Sort(patterns)
	assert.Equal(t, patterns, got)
	c.expectSilence()
}
