package h2_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/test/bufconn"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/socket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// waitTime is how long a test waits for what must come.
const waitTime = 60 * time.Second

// peer is a client that does nothing by itself.
type peer struct {
	t      testing.TB
	raw    net.Conn
	server *h2.Conn
	served chan struct{}
	*http2.Framer
}

func config() *h2.Config {
	return &h2.Config{
		MaxStreams: 100, MaxHeaderBytes: 4 << 10, StreamWindow: 64 << 10, ConnectionWindow: 128 << 10,
		KeepAlive: 20 * time.Second, LeastPing: 5 * time.Second, MaxIdle: 10 * time.Minute,
		Header: h2.AppendField(nil, ":status", "200"),
	}
}

// trailers are those of every stream that a handler of these tests finishes.
var trailers = h2.AppendField(nil, "grpc-status", "0")

// connect serves a connection and greets it.
func connect(t testing.TB, c *h2.Config, handle func(*h2.Stream)) *peer {
	t.Helper()
	p := accept(t, tcp(t), c, handle)
	p.greet()
	require.NoError(t, p.raw.SetReadDeadline(time.Now().Add(waitTime)))
	return p
}

// inMemory is connect for bubbles, on a connection whose buffers hold so many bytes.
func inMemory(t testing.TB, buffer int, c *h2.Config, handle func(*h2.Stream)) *peer {
	t.Helper()
	p := accept(t, bufconn.Listen(buffer), c, handle)
	p.greet()
	return p
}

func tcp(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return socket.Listener{Listener: l}
}

// accept serves the first connection of a listener, of which nothing is read.
func accept(t testing.TB, l net.Listener, c *h2.Config, handle func(*h2.Stream)) *peer {
	t.Helper()
	defer l.Close()
	dial := func() (net.Conn, error) { return net.Dial("tcp", l.Addr().String()) }
	if memory, ok := l.(*bufconn.Listener); ok {
		dial = memory.Dial
	}
	accepted := make(chan net.Conn, 1)
	go func() {
		far, err := l.Accept()
		assert.NoError(t, err)
		accepted <- far
	}()
	near, err := dial()
	require.NoError(t, err)
	far := <-accepted
	p := &peer{t: t, raw: near, server: h2.New(far, c, handle), served: make(chan struct{}), Framer: http2.NewFramer(near, near)}
	p.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	go func() {
		defer close(p.served)
		p.server.Serve()
	}()
	t.Cleanup(func() {
		_ = near.Close()
		p.server.Close()
		<-p.served
	})
	return p
}

func (p *peer) greet() {
	p.t.Helper()
	_, err := io.WriteString(p.raw, http2.ClientPreface)
	require.NoError(p.t, err)
	require.NoError(p.t, p.WriteSettings())
}

func block(fields ...string) []byte {
	var b bytes.Buffer
	encoder := hpack.NewEncoder(&b)
	encoder.SetMaxDynamicTableSize(0)
	for i := 0; i < len(fields); i += 2 {
		_ = encoder.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	return b.Bytes()
}

func requestBlock(more ...string) []byte {
	return block(append([]string{":method", "POST", ":scheme", "http", ":path", "/a", ":authority", "node"}, more...)...)
}

// call begins a stream.
func (p *peer) call(id uint32) {
	p.t.Helper()
	require.NoError(p.t, p.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: requestBlock(), EndHeaders: true}))
}

// next is the next frame that is neither settings, nor a window update, nor a ping.
func (p *peer) next() http2.Frame {
	p.t.Helper()
	for {
		frame, err := p.ReadFrame()
		require.NoError(p.t, err)
		switch frame.(type) {
		case *http2.SettingsFrame, *http2.WindowUpdateFrame, *http2.PingFrame:
		default:
			return frame
		}
	}
}

// until reads up to the first frame that is a T and is meant.
func until[T http2.Frame](p *peer, meant func(T) bool) T {
	p.t.Helper()
	for {
		frame, err := p.ReadFrame()
		require.NoError(p.t, err)
		if f, ok := frame.(T); ok && meant(f) {
			return f
		}
	}
}

// pong sends a ping and reads up to its answer: whatever was sent before has been
// taken.
func (p *peer) pong() {
	p.t.Helper()
	mark := [8]byte{'m', 'a', 'r', 'k'}
	require.NoError(p.t, p.WritePing(false, mark))
	until(p, func(f *http2.PingFrame) bool { return f.IsAck() && f.Data == mark })
}

func (p *peer) headers(id uint32, ends bool) map[string]string {
	p.t.Helper()
	f := until(p, func(f *http2.MetaHeadersFrame) bool { return f.StreamID == id })
	require.Equal(p.t, ends, f.StreamEnded())
	fields := map[string]string{}
	for _, field := range f.Fields {
		fields[field.Name] = field.Value
	}
	return fields
}

func (p *peer) data(id uint32) []byte {
	p.t.Helper()
	f, ok := p.next().(*http2.DataFrame)
	require.True(p.t, ok)
	require.Equal(p.t, id, f.StreamID)
	return bytes.Clone(f.Data())
}

func (p *peer) reset(id uint32) http2.ErrCode {
	p.t.Helper()
	return until(p, func(f *http2.RSTStreamFrame) bool { return f.StreamID == id }).ErrCode
}

// goodbye reads up to the last frame and says why the connection was closed.
func (p *peer) goodbye() http2.ErrCode {
	p.t.Helper()
	code, said := http2.ErrCode(0), false
	for {
		frame, err := p.ReadFrame()
		if err != nil {
			var network net.Error
			require.False(p.t, errors.As(err, &network) && network.Timeout(), "the server closes it")
			require.True(p.t, said, "it says why: %v", err)
			return code
		}
		if f, ok := frame.(*http2.GoAwayFrame); ok {
			code, said = f.ErrCode, true
		}
	}
}

// over waits until the server has closed the connection.
func (p *peer) over() {
	p.t.Helper()
	select {
	case <-p.served:
	case <-time.After(waitTime):
		require.Fail(p.t, "the connection is not over")
	}
}

// echo sends back what it gets.
func echo(s *h2.Stream) {
	defer s.Finish(trailers)
	for {
		data, err := s.Next()
		if err != nil {
			return
		}
		if s.Write([][]byte{data}, len(data)) != nil {
			return
		}
	}
}

// saying sends one text and finishes.
func saying(text []byte) func(*h2.Stream) {
	return func(s *h2.Stream) {
		_ = s.Write([][]byte{text}, len(text))
		s.Finish(trailers)
	}
}

// waiting waits until the stream is over.
func waiting(s *h2.Stream) {
	<-s.Context().Done()
	s.Finish(trailers)
}
