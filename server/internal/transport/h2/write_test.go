package h2_test

import (
	"bytes"
	"net"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
)

func TestPartsOfAnySizeArrive(t *testing.T) {
	var parts [][]byte
	for _, size := range []int{0, 1, 16383, 16384, 16385, 0, 5, 100_000, 3} {
		parts = append(parts, text(size))
	}
	want := bytes.Join(parts, nil)
	p := connect(t, config(), func(s *h2.Stream) {
		_ = s.Write(parts, len(want))
		_ = s.Write(nil, 0)
		s.Finish(trailers)
	})
	require.NoError(t, p.WriteSettings(window(1<<20)))
	require.NoError(t, p.WriteWindowUpdate(0, 1<<20))
	p.call(1)
	p.headers(1, false)
	var got []byte
	for len(got) < len(want) {
		got = append(got, p.data(1)...)
	}
	assert.True(t, bytes.Equal(want, got))
	p.headers(1, true)
}

// wide is a connection whose windows are always wide enough, for measuring.
func wide(t testing.TB, l net.Listener) (s *h2.Stream, end func()) {
	stream, done := make(chan *h2.Stream), make(chan struct{})
	p := accept(t, l, config(), func(s *h2.Stream) {
		stream <- s
		<-done
		s.Finish(trailers)
	})
	p.greet()
	require.NoError(t, p.WriteSettings(window(1<<31-1)))
	require.NoError(t, p.WriteWindowUpdate(0, 1<<31-1-65535))
	p.call(1)
	go func() {
		left := 1<<31 - 1
		p.SetReuseFrames()
		for {
			frame, err := p.ReadFrame()
			if err != nil {
				return
			}
			if data, ok := frame.(*http2.DataFrame); ok {
				if left -= len(data.Data()); left < 1<<30 {
					_, _ = p.WriteWindowUpdate(0, 1<<30), p.WriteWindowUpdate(1, 1<<30)
					left += 1 << 30
				}
			}
		}
	}()
	return <-stream, func() { close(done) }
}

func deliveries() (parts [][]byte, size int) {
	for range 300 {
		parts = append(parts, text(190))
	}
	return parts, 300 * 190
}

func TestWritesAllocateNothing(t *testing.T) {
	s, end := wide(t, tcp(t))
	defer end()
	parts, size := deliveries()
	allocations := testing.AllocsPerRun(200, func() { _ = s.Write(parts, size) })
	assert.Less(t, allocations, 2.0+forgotten, "of the reader of this test, at most")
}

// counted counts the writes to the connections that it accepts.
type counted struct {
	net.Listener
	writes atomic.Int64
}

func (l *counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &countedConn{Conn: c, writes: &l.writes}, err
}

type countedConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c *countedConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// 300 deliveries that are handed over together, in four messages' worth of frames,
// cost one write.
func TestWritesPerDeliveryOfABurst(t *testing.T) {
	l := &counted{Listener: tcp(t)}
	s, end := wide(t, l)
	defer end()
	parts, size := deliveries()
	const bursts = 100
	before := l.writes.Load()
	for range bursts {
		require.NoError(t, s.Write(parts, size))
	}
	assert.LessOrEqual(t, l.writes.Load()-before, int64(bursts+bursts/10), "with what the connection itself has to say")
	assert.GreaterOrEqual(t, l.writes.Load()-before, int64(bursts))
}

func BenchmarkWrite(b *testing.B) {
	s, end := wide(b, tcp(b))
	defer end()
	parts, size := deliveries()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		_ = s.Write(parts, size)
	}
}
