package websocket

import (
	"bytes"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// LP-18: a client that pings and never reads costs two Pongs at most, and gets
// the one for its last ping once it reads.
func TestPingsOfAClientThatDoesNotRead(t *testing.T) {
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		c := p.connect(t, "llps.v1")
		for round := range 3 {
			for i := range 1000 {
				c.send(clientFrame(true, wsframe.Ping, []byte(strconv.Itoa(i))))
			}
			synctest.Wait()
			queued, _ := s.registry.Queued()
			assert.LessOrEqual(t, queued, 2*(2+maxControlPayload), "round %d", round)
			c.expect(wsframe.Pong, "0")
			c.expect(wsframe.Pong, "999")
			c.text("PING")
			c.expectText("PONG")
		}
	})
}

// LP-18: every ping of a client that reads is answered.
func TestEveryPingIsAnswered(t *testing.T) {
	c := newServer(t).llps()
	for i := range 2000 {
		payload := bytes.Repeat([]byte{byte(i)}, i%126)
		c.send(clientFrame(true, wsframe.Ping, payload))
		c.expect(wsframe.Pong, string(payload))
	}
}

// A Pong comes behind the answers to what was sent before its ping, even when
// it has waited for another Pong.
func TestPongsKeepTheirPlace(t *testing.T) {
	bubble(t, func(t *testing.T, _ *server, p *pipes) {
		c := p.connect(t, "llps.v1")
		for _, name := range []string{"a", "b", "c"} {
			c.send(clientFrame(true, wsframe.Ping, []byte(name)))
			c.text("SUB:t1:" + name)
		}
		c.send(clientFrame(true, wsframe.Ping, []byte("last")))
		synctest.Wait()
		c.expect(wsframe.Pong, "a")
		for _, name := range []string{"a", "b", "c"} {
			c.expectText("OK:SUB:t1:" + name)
		}
		c.expect(wsframe.Pong, "last")
	})
}

func TestPongs(t *testing.T) {
	var p pongs
	other := &outbox.Frame{}
	assert.Nil(t, p.written([]*outbox.Frame{other}))
	first := p.answer([]byte("one"))
	require.NotNil(t, first)
	assert.Equal(t, "one", string(first.Data))
	assert.Nil(t, p.answer([]byte("two")))
	assert.Nil(t, p.answer([]byte("")))
	assert.Nil(t, p.answer([]byte("three")))
	assert.Nil(t, p.written([]*outbox.Frame{other, other}), "the first is not written yet")
	second := p.written([]*outbox.Frame{other, first})
	require.NotNil(t, second)
	assert.Equal(t, "three", string(second.Data))
	assert.Nil(t, p.answer([]byte("four")))
	assert.Equal(t, "three", string(second.Data), "what is queued does not change")
	third := p.written([]*outbox.Frame{second})
	require.NotNil(t, third)
	assert.Equal(t, "four", string(third.Data))
	assert.Nil(t, p.written([]*outbox.Frame{third}))
	assert.NotNil(t, p.answer([]byte("five")))
}

// LP-18: a client's Pongs are nobody's business, wherever they stand and however
// they arrive; a broken one is a breach of the protocol.
func TestPongsOfClients(t *testing.T) {
	c := newServer(t).llps()
	for _, size := range []int{0, 1, 124, 125} {
		pong := clientFrame(true, wsframe.Pong, make([]byte, size))
		c.send(append(pong, clientFrame(true, wsframe.Text, []byte("PING"))...))
		c.expectText("PONG")
		c.send(pong[:len(pong)-1])
		c.send(pong[len(pong)-1:])
		c.text("PING")
		c.expectText("PONG")
	}
	for title, broken := range map[string][]byte{
		"fragment": clientFrame(false, wsframe.Pong, nil),
		"too long": clientFrame(true, wsframe.Pong, make([]byte, 126)),
		"no mask":  {finalPong, 0},
		"reserved": {finalPong | 0x40, 0x80, 0, 0, 0, 0},
	} {
		t.Run(title, func(t *testing.T) {
			c := newServer(t).llps()
			c.send(broken)
			assert.NotEmpty(t, c.expectCloseByServer(1002))
		})
	}
}

const finalPong = 0x8A
