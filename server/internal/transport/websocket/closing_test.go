package websocket

import (
	"bufio"
	"crypto/tls"
	"net"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// only is the server's end of the only connection.
func (s *server) only() *conn {
	s.t.Helper()
	k := s.handler.keeper
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.ring {
		if c != nil {
			return c
		}
	}
	s.t.Fatal("there is no connection")
	return nil
}

// stalled is a connection whose client reads nothing: a write to it is in
// progress, which nothing but its end ends.
func (s *server) stalled(raw net.Conn) (*client, *conn) {
	s.t.Helper()
	c := s.client(raw).upgrade("llps.v1", goodToken)
	c.text("PING")
	c.expectText("PONG") // it is being served
	far := s.only()
	far.session.Send(&outbox.Frame{Data: make([]byte, 8<<20)}) // more than the system buffers
	first := make([]byte, 1)
	_, err := c.br.Read(first)
	require.NoError(s.t, err)
	return c, far
}

// tcp connects with a small buffer.
func (s *server) tcp() *net.TCPConn {
	s.t.Helper()
	raw, err := net.Dial("tcp", s.addr)
	require.NoError(s.t, err)
	require.NoError(s.t, raw.(*net.TCPConn).SetReadBuffer(4<<10))
	return raw.(*net.TCPConn)
}

func roomy(so *session.Options, _ *Options) { so.QueueBytes = 16 << 20 }

// TK-10: a client that reads, but does not answer the Close frame, is gone soon.
func TestRevocationWithoutAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		c := p.connect(t, "llps.v1")
		synctest.Wait()
		began := time.Now()
		s.registry.TokenChanged(s.gate.revoke(goodToken))
		c.expectText("ERR:token_revoked")
		opcode, _, err := c.frame()
		require.NoError(t, err)
		assert.Equal(t, wsframe.Close, opcode)
		c.expectEnd()
		assert.Equal(t, shortPatience.answer, time.Since(began))
		s.waitUntilEmpty()
	})
}

// second is what a client may stay for that must go, and dismissal how much of it a
// session tries to tell the client why.
const (
	second    = time.Second
	dismissal = 300 * time.Millisecond
)

// stuck is a connection that takes nothing any more once it is told so. A write to it
// ends as soon as its deadline is known: which that is matters, not that it passes.
type stuck struct {
	net.Conn
	told     atomic.Bool
	deadline time.Time
	limited  chan struct{} // closed when deadline is there
	once     sync.Once
}

func (s *stuck) Write(p []byte) (int, error) {
	if !s.told.Load() {
		return s.Conn.Write(p)
	}
	<-s.limited
	return 0, os.ErrDeadlineExceeded
}

func (s *stuck) SetWriteDeadline(at time.Time) error {
	if s.told.Load() {
		s.once.Do(func() {
			s.deadline = at
			close(s.limited)
		})
	}
	return s.Conn.SetWriteDeadline(at)
}

// inStuckBubble runs a test in fake time with the end of a connection that a write
// is stuck in.
func inStuckBubble(t *testing.T, test func(t *testing.T, s *server, c *conn, raw *stuck)) {
	bubble(t, func(t *testing.T, s *server, p *pipes) {
		near, far := net.Pipe()
		raw := &stuck{Conn: far, limited: make(chan struct{})}
		p.accepted <- raw
		client := &client{Conn: near, t: t, br: bufio.NewReader(near)}
		defer near.Close()
		client.upgrade("llps.v1", goodToken)
		client.text("PING")
		client.expectText("PONG")
		synctest.Wait()
		raw.told.Store(true)
		c := s.only()
		c.session.Send(&outbox.Frame{Data: []byte("stuck")})
		synctest.Wait()
		test(t, s, c, raw)
	})
}

// TK-10, DL-8: a client that takes nothing any more is cut off in a time that
// leaves the session some of the second it has.
func TestTimeOfAStuckClient(t *testing.T) {
	for _, reason := range []apierror.Reason{apierror.TokenRevoked, apierror.TokenExpired, apierror.SlowConsumer} {
		t.Run(apierror.Name(reason), func(t *testing.T) {
			inStuckBubble(t, func(t *testing.T, s *server, c *conn, raw *stuck) {
				began := time.Now()
				c.Close(apierror.New(reason, "the end"))
				s.waitUntilEmpty()
				assert.Zero(t, time.Since(began), "nothing else is waited for")
				assert.Equal(t, shortPatience.write, raw.deadline.Sub(began))
				assert.Less(t, raw.deadline.Sub(began), second-dismissal)
			})
		})
	}
}

// TK-10: with what the session takes, a stuck client is gone within a second.
func TestRevocationOfAStuckClient(t *testing.T) {
	inStuckBubble(t, func(t *testing.T, s *server, _ *conn, raw *stuck) {
		began := time.Now()
		s.registry.TokenChanged(s.gate.revoke(goodToken))
		s.waitUntilEmpty()
		assert.Equal(t, dismissal+shortPatience.write, raw.deadline.Sub(began))
		assert.Less(t, raw.deadline.Sub(began), second)
	})
}

// A write that nothing but the end of a connection ends is ended by the system, too.
func TestCloseOfAStalledClient(t *testing.T) {
	for name, wrap := range map[string]struct {
		listener func(net.Listener) net.Listener
		client   func(net.Conn) net.Conn
	}{
		"plain": {func(l net.Listener) net.Listener { return l }, func(c net.Conn) net.Conn { return c }},
		"TLS": {
			func(l net.Listener) net.Listener { return tls.NewListener(l, certified()) },
			func(c net.Conn) net.Conn { return tls.Client(c, trusting()) },
		},
	} {
		for _, reason := range []apierror.Reason{apierror.TokenRevoked, apierror.TokenExpired, apierror.SlowConsumer} {
			t.Run(name+" "+apierror.Name(reason), func(t *testing.T) {
				t.Parallel()
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				require.NoError(t, err)
				s := serve(t, wrap.listener(listener), roomy)
				_, far := s.stalled(wrap.client(s.tcp()))
				far.Close(apierror.New(reason, "the end"))
				s.waitUntilEmpty()
			})
		}
	}
}

// TK-10: nor does it help a stalled client to close the connection itself.
func TestCloseOfAStalledClientThatCloses(t *testing.T) {
	t.Parallel()
	s := newServer(t, roomy)
	c, far := s.stalled(s.tcp())
	time.AfterFunc(shortPatience.write/2, func() { _, _ = c.Write(clientFrame(true, wsframe.Close, nil)) })
	far.Close(apierror.New(apierror.TokenRevoked, "the end"))
	s.waitUntilEmpty()
}

// The good-bye of TLS is not said to a client that may not listen.
func TestCutOverTLS(t *testing.T) {
	config := certified()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		secured, peer := tls.Server(near, config), tls.Client(far, trusting())
		shaken := make(chan error)
		go func() { shaken <- peer.Handshake() }()
		go func() { _, _ = secured.Read(make([]byte, 1)) }()
		require.NoError(t, <-shaken)
		began := time.Now()
		(&output{raw: secured}).cut()
		assert.Zero(t, time.Since(began))
		_, err := peer.Read(make([]byte, 1))
		require.Error(t, err)
	})
}

// certified is TLS of a server with a certificate that nobody vouches for, and
// trusting that of a client who does not mind.
func certified() *tls.Config {
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	defer certified.Close()
	return &tls.Config{Certificates: []tls.Certificate{certified.TLS.Certificates[0]}} //nolint:gosec // a test
}

func trusting() *tls.Config { return &tls.Config{InsecureSkipVerify: true} } //nolint:gosec // a test

// A client that is told to go for another reason may take its time.
func TestPatience(t *testing.T) {
	assert.Equal(t, ordinaryPatience, patienceWith(nil))
	for reason, want := range map[apierror.Reason]patience{
		apierror.TokenRevoked: shortPatience, apierror.TokenExpired: shortPatience, apierror.SlowConsumer: shortPatience,
		apierror.Draining: ordinaryPatience, apierror.FrameInvalid: ordinaryPatience,
	} {
		assert.Equal(t, want, patienceWith(apierror.New(reason, "")), apierror.Name(reason))
	}
	assert.Less(t, dismissal+shortPatience.whole, second)
}
