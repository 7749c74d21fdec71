package h2_test

import (
	"bytes"
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
func wide(t testing.TB) (s *h2.Stream, end func()) {
	stream, done := make(chan *h2.Stream), make(chan struct{})
	p := connect(t, config(), func(s *h2.Stream) {
		stream <- s
		<-done
		s.Finish(trailers)
	})
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
	s, end := wide(t)
	defer end()
	parts, size := deliveries()
	allocations := testing.AllocsPerRun(200, func() { _ = s.Write(parts, size) })
	assert.Less(t, allocations, 2.0+forgotten, "of the reader of this test, at most")
}

func BenchmarkWrite(b *testing.B) {
	s, end := wide(b)
	defer end()
	parts, size := deliveries()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		_ = s.Write(parts, size)
	}
}
