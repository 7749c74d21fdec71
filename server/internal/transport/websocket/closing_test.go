package websocket

import (
	"crypto/tls"
	"net"
	"net/http/httptest"
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

// What takes at most a second, as real time goes.
const second = time.Second

// TK-10, DL-8: a client that takes nothing any more is cut off in a time that
// leaves the session some of the second it has.
func TestCloseOfAStalledClient(t *testing.T) {
	for _, reason := range []apierror.Reason{apierror.TokenRevoked, apierror.TokenExpired, apierror.SlowConsumer} {
		t.Run(apierror.Name(reason), func(t *testing.T) {
			t.Parallel()
			s := newServer(t, roomy)
			_, far := s.stalled(s.tcp())
			assert.Less(t, closing(far, reason), second-dismissal)
			s.waitUntilEmpty()
		})
	}
}

// dismissal is how long a session tries to tell a client why it ends.
const dismissal = 300 * time.Millisecond

// TK-10: nor does it help a stalled client to close the connection itself.
func TestCloseOfAStalledClientThatCloses(t *testing.T) {
	t.Parallel()
	s := newServer(t, roomy)
	c, far := s.stalled(s.tcp())
	time.AfterFunc(shortPatience.write/2, func() { _, _ = c.Write(clientFrame(true, wsframe.Close, nil)) })
	assert.Less(t, closing(far, apierror.TokenRevoked), second-dismissal)
	s.waitUntilEmpty()
}

// closing is how long it takes to close a connection.
func closing(c *conn, reason apierror.Reason) time.Duration {
	began := time.Now()
	c.Close(apierror.New(reason, "the end"))
	return time.Since(began)
}

// TK-10: over TLS it is the same.
func TestCloseOfAStalledClientOverTLS(t *testing.T) {
	t.Parallel()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := serve(t, tls.NewListener(plain, certified()), roomy)
	_, far := s.stalled(tls.Client(s.tcp(), trusting()))
	assert.Less(t, closing(far, apierror.TokenRevoked), second-dismissal)
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

// TK-10: with what the session takes, a stalled client is gone within a second.
func TestRevocationOfAStalledClient(t *testing.T) {
	t.Parallel()
	s := newServer(t, roomy)
	s.stalled(s.tcp())
	began := time.Now()
	s.registry.TokenChanged(s.gate.revoke(goodToken))
	s.waitUntilEmpty()
	assert.Less(t, time.Since(began), second)
}

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
