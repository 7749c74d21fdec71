package websocket

import (
	"bufio"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// pipes is a listener in memory, for fake time.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func newPipes() *pipes { return &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// connect opens a WebSocket through a pipe. Nothing the server writes is
// buffered: the client has to read it.
func (p *pipes) connect(t *testing.T, protocol string) *client {
	t.Helper()
	return p.dial(t).upgrade(protocol, goodToken)
}

func (p *pipes) dial(t *testing.T) *client {
	t.Helper()
	near, far := net.Pipe()
	p.accepted <- far
	t.Cleanup(func() { _ = near.Close() })
	return &client{Conn: near, t: t, br: bufio.NewReader(near)}
}

// bubble runs a test in fake time.
func bubble(t *testing.T, test func(t *testing.T, s *server, p *pipes), changes ...change) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		test(t, serve(t, p, slices.Insert(changes, 0, pings)...), p)
	})
}

const keepAlive = 20 * time.Second

// pings has the server ask for signs of life, as it does by default.
func pings(_ *session.Options, o *Options) { o.KeepAlive = keepAlive }

// LP-18, LM-10: a ping each 20 s; whoever answers stays.
func TestKeepAlive(t *testing.T) {
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		c := p.connect(t, "llps.v1")
		last := time.Now()
		for range 100 { // half an hour
			c.expect(wsframe.Ping, "")
			assert.InDelta(t, keepAlive, time.Since(last), float64(keepAlive/ringSize))
			last = time.Now()
			c.send(clientFrame(true, wsframe.Pong, nil))
		}
		c.text("PING")
		c.expectText("PONG")
	})
}

// LM-10: gone after two pings without a sign of life. Any byte is one.
func TestPeerIsGone(t *testing.T) {
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		c := p.connect(t, "llps.v1")
		for range 10 {
			c.expect(wsframe.Ping, "")
			c.send(clientFrame(true, wsframe.Binary, publishV1("t1", "a", "x"))[:1])
			synctest.Wait()
			c.send(clientFrame(true, wsframe.Binary, publishV1("t1", "a", "x"))[1:])
		}
		heard := time.Now()
		c.expect(wsframe.Ping, "")
		c.expect(wsframe.Ping, "")
		c.expectEnd()
		assert.InDelta(t, 3*keepAlive, time.Since(heard), float64(keepAlive/ringSize))
		s.waitUntilEmpty()
	})
}

// A peer that does not even read is gone, too.
func TestPeerThatNeverReadsIsGone(t *testing.T) {
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		p.connect(t, "llps.v1")
		synctest.Wait()
		began := time.Now()
		s.waitUntilEmpty()
		assert.InDelta(t, 3*keepAlive, time.Since(began), float64(keepAlive/ringSize))
	})
}

// Many connections are pinged a few at a time, and those that leave are
// forgotten.
func TestKeeperForgets(t *testing.T) {
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		var clients []*client
		for range 50 {
			clients = append(clients, p.connect(t, "llps.v1"))
			<-time.After(keepAlive / 30)
		}
		for i, c := range clients {
			if i%3 != 0 {
				_ = c.Close()
			}
		}
		synctest.Wait()
		assert.Equal(t, 17, s.handler.keeper.count)
		for i, c := range clients {
			if i%3 == 0 {
				go c.answerPings()
			}
		}
		<-time.After(10 * keepAlive)
		assert.Equal(t, 17, s.registry.Count())
		for _, c := range clients {
			_ = c.Close()
		}
		s.waitUntilEmpty()
		assert.Zero(t, s.handler.keeper.count)
		assert.Equal(t, [ringSize]*conn{}, s.handler.keeper.ring)
	})
}

// answerPings answers until the connection ends.
func (c *client) answerPings() {
	for {
		if _, _, err := c.frame(); err != nil {
			return
		}
		if _, err := c.Write(clientFrame(true, wsframe.Pong, nil)); err != nil {
			return
		}
	}
}

func TestNoKeepAlive(t *testing.T) {
	off := func(_ *session.Options, o *Options) { o.KeepAlive = 0 }
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		c := p.connect(t, "llps.v1")
		<-time.After(30 * time.Minute)
		c.text("PING")
		c.expectText("PONG")
	}, off)
}

// A server that ends a session waits for a client that does not answer only so
// long.
func TestCloseWithoutAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		c := p.connect(t, "llps.v1")
		c.text("nonsense")
		c.expectText("ERR:frame_invalid")
		opcode, _, err := c.frame()
		require.NoError(t, err)
		assert.Equal(t, wsframe.Close, opcode)
		began := time.Now()
		c.expectEnd()
		assert.Equal(t, closeTimeout, time.Since(began))
	})
}

// A frame beyond the read limit that never ends is not waited for.
func TestReadLimitOfAFrameThatNeverEnds(t *testing.T) {
	limit := func(so *session.Options, _ *Options) { so.Limits.FrameBytes = 2000 }
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		c := p.connect(t, "fastpubsub.v1")
		require.NotNil(t, (&sessionClient{client: c}).response().GetWelcome())
		c.send(clientFrame(true, wsframe.Binary, make([]byte, 1<<20))[:3000])
		require.True(t, (&sessionClient{client: c}).response().GetFailure().GetClosesSession())
		opcode, payload, err := c.frame()
		require.NoError(t, err)
		assert.Equal(t, wsframe.Close, opcode)
		assert.Equal(t, []byte{0x03, 0xf1}, payload[:2])
		began := time.Now()
		c.expectEnd()
		assert.Equal(t, closeTimeout, time.Since(began))
		s.waitUntilEmpty()
	}, limit)
}

// A client that stalls in the middle of a frame is alive as long as it answers,
// which it cannot, so it is gone.
func TestStallInAFrame(t *testing.T) {
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		c := p.connect(t, "llps.v1")
		c.send(clientFrame(true, wsframe.Binary, make([]byte, 1000))[:500])
		for range maxMissed {
			c.expect(wsframe.Ping, "")
		}
		c.expectEnd()
		s.waitUntilEmpty()
	})
}
