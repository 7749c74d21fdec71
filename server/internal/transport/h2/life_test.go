package h2_test

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
)

const room = 1 << 20 // of connections in memory

func (p *peer) goAway() *http2.GoAwayFrame {
	p.t.Helper()
	return until(p, func(*http2.GoAwayFrame) bool { return true })
}

// eof reads up to the end of the connection.
func (p *peer) eof() {
	p.t.Helper()
	for {
		if _, err := p.ReadFrame(); err != nil {
			require.ErrorIs(p.t, err, io.EOF)
			return
		}
	}
}

func TestDrainServesWhatIsOnItsWay(t *testing.T) { // DL-10
	p := connect(t, config(), echo)
	p.call(1)
	p.pong()
	p.server.Drain()
	p.server.Drain()
	assert.EqualValues(t, 1<<31-1, p.goAway().LastStreamID)
	ping := until(p, func(f *http2.PingFrame) bool { return !f.IsAck() })
	p.call(3) // it was made before the peer knew
	require.NoError(t, p.WritePing(true, ping.Data))
	last := p.goAway()
	assert.EqualValues(t, 3, last.LastStreamID)
	assert.Equal(t, http2.ErrCodeNo, last.ErrCode)
	p.call(5) // it is not served, and hurts nobody
	require.NoError(t, p.WriteData(5, true, []byte("x")))
	for _, id := range []uint32{1, 3} {
		require.NoError(t, p.WriteData(id, true, []byte("y")))
		f := until(p, func(*http2.DataFrame) bool { return true })
		assert.Equal(t, id, f.StreamID)
		p.headers(id, true)
	}
	p.eof()
	require.NoError(t, p.raw.Close())
	p.over()
}

func TestDrainOfAPeerThatAnswersNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		p := inMemory(t, room, config(), waiting)
		p.call(1)
		synctest.Wait()
		p.server.Drain()
		p.goAway()
		assert.EqualValues(t, 1, p.goAway().LastStreamID)
		assert.Equal(t, time.Second, time.Since(began))
		require.NoError(t, p.WriteRSTStream(1, http2.ErrCodeCancel))
		last := time.Now()
		p.eof()
		assert.Equal(t, 250*time.Millisecond, time.Since(last), "the peer had time to close by itself")
		p.over()
	})
}

func TestDrainOfAConnectionWithoutStreamsEndsIt(t *testing.T) {
	p := connect(t, config(), echo)
	p.pong()
	p.server.Drain()
	ping := until(p, func(f *http2.PingFrame) bool { return !f.IsAck() })
	require.NoError(t, p.WritePing(true, ping.Data))
	p.eof()
	p.over() // although the peer does not close its side
}

func TestIdleConnectionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		p := inMemory(t, room, config(), echo)
		p.call(1)
		for pings := 0; ; {
			frame, err := p.ReadFrame()
			if err != nil {
				break
			}
			if ping, ok := frame.(*http2.PingFrame); ok && !ping.IsAck() {
				require.NoError(t, p.WritePing(true, ping.Data))
				if pings++; pings == 15 { // five minutes have passed
					require.NoError(t, p.WriteData(1, true, nil))
				}
			}
		}
		p.over()
		assert.InDelta(t, 15, time.Since(began).Minutes(), 1)
	})
}

func TestSilentPeersAreGone(t *testing.T) { // LM-10
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		p := inMemory(t, room, config(), echo)
		p.over()
		assert.Equal(t, 40*time.Second, time.Since(began))
		p.eof()
	})
}

// Clients measure the way with a ping when something arrives, be it the head of an
// answer only.
func TestPeersMayPingWhenAnAnswerBegins(t *testing.T) { // LM-10
	p := connect(t, config(), saying(text(20)))
	require.NoError(t, p.WriteSettings(window(0)))
	for i := range uint32(10) {
		p.call(2*i + 1)
		p.headers(2*i+1, false)
		p.pong()
	}
}

func TestPeersMayPingButNotTooOften(t *testing.T) { // LM-10
	synctest.Test(t, func(t *testing.T) {
		p := inMemory(t, room, config(), echo)
		for range 10 {
			time.Sleep(5 * time.Second)
			p.pong()
		}
		p.call(1)
		for range 10 { // what is sent between makes them welcome: clients measure with them
			require.NoError(t, p.WriteData(1, false, []byte("x")))
			until(p, func(*http2.DataFrame) bool { return true })
			p.pong()
		}
		p.pong()
		p.pong()
		require.NoError(t, p.WritePing(false, [8]byte{}))
		assert.Equal(t, http2.ErrCodeEnhanceYourCalm, p.goodbye())
	})
}

// What a Write has begun is sent to the end before the trailers.
func TestFinishWaitsForAWriteInProgress(t *testing.T) {
	stream := make(chan *h2.Stream, 1)
	written := make(chan error, 1)
	p := connect(t, config(), func(s *h2.Stream) {
		stream <- s
		written <- s.Write([][]byte{text(100)}, 100)
	})
	require.NoError(t, p.WriteSettings(window(10)))
	p.call(1)
	s := <-stream
	p.headers(1, false)
	assert.Len(t, p.data(1), 10)
	s.Finish(trailers)
	_, err := s.Next()
	require.Error(t, err)
	require.Error(t, s.Write([][]byte{text(1)}, 1), "nothing follows")
	p.nothing()
	require.NoError(t, p.WriteWindowUpdate(1, 1000))
	assert.Len(t, p.data(1), 90)
	assert.Equal(t, "0", p.headers(1, true)["grpc-status"])
	require.NoError(t, <-written)
	s.Finish(trailers)
	p.pong()
}

func TestWhoDoesNotTakeTheRestIsReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		p := inMemory(t, room, config(), func(s *h2.Stream) {
			time.AfterFunc(time.Second, func() { s.Finish(trailers) })
			assert.Error(t, s.Write([][]byte{text(100)}, 100))
		})
		require.NoError(t, p.WriteSettings(window(10)))
		p.call(1)
		assert.Equal(t, http2.ErrCodeEnhanceYourCalm, p.reset(1))
		assert.Equal(t, 31*time.Second, time.Since(began))
	})
}

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		p := inMemory(t, room, config(), func(s *h2.Stream) {
			s.SetDeadline(3 * time.Second)
			assert.NoError(t, s.Context().Err())
			_, err := s.Next()
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.ErrorIs(t, s.Write([][]byte{text(1)}, 1), context.DeadlineExceeded)
			<-s.Context().Done()
			assert.ErrorIs(t, s.Context().Err(), context.DeadlineExceeded)
			assert.Nil(t, s.Context().Value(1))
			s.Finish(trailers)
		})
		p.call(1)
		p.headers(1, true)
		assert.Equal(t, 3*time.Second, time.Since(began))
		p.pong()
	})
}

func TestDeadlineEndsAWriteInProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inMemory(t, room, config(), func(s *h2.Stream) {
			s.SetDeadline(3 * time.Second)
			assert.ErrorIs(t, s.Write([][]byte{text(100)}, 100), context.DeadlineExceeded)
			s.Finish(trailers)
		})
		require.NoError(t, p.WriteSettings(window(10)))
		p.call(1)
		p.headers(1, false)
		p.headers(1, true)
	})
}

func TestSettingsComeBeforeTheGoodbye(t *testing.T) {
	near, far := net.Pipe()
	conn := h2.New(far, config(), echo)
	go conn.Drain()
	_, isSettings := first(t, near).(*http2.SettingsFrame)
	assert.True(t, isSettings)
	_ = near.Close()
	conn.Serve()
}

func first(t *testing.T, conn net.Conn) http2.Frame {
	frame, err := http2.NewFramer(nil, conn).ReadFrame()
	require.NoError(t, err)
	return frame
}

// A stream whose handler has returned is handled again for all that happens to it.
func TestParkedStreamsHaveNoGoroutine(t *testing.T) {
	for name, happen := range map[string]func(p *peer, s *h2.Stream) (want string){
		"data": func(p *peer, _ *h2.Stream) string {
			require.NoError(p.t, p.WriteData(1, false, []byte("hello")))
			return "hello"
		},
		"half-close": func(p *peer, _ *h2.Stream) string {
			require.NoError(p.t, p.WriteData(1, true, nil))
			return io.EOF.Error()
		},
		"reset": func(p *peer, _ *h2.Stream) string {
			require.NoError(p.t, p.WriteRSTStream(1, http2.ErrCodeCancel))
			return "the peer has reset the stream"
		},
		"end of the connection": func(p *peer, _ *h2.Stream) string {
			p.server.Close()
			return net.ErrClosed.Error()
		},
		"finish": func(_ *peer, s *h2.Stream) string {
			s.Finish(trailers)
			return "the stream has been finished"
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				streams, got := make(chan *h2.Stream, 1), make(chan string, 1)
				resumed := func(s *h2.Stream) {
					data, err := s.NextOrPark(func() { t.Error("resumed twice") })
					if err != nil {
						data = []byte(err.Error())
					}
					got <- string(data)
				}
				p := inMemory(t, room, config(), func(s *h2.Stream) {
					_, err := s.NextOrPark(func() { resumed(s) })
					assert.ErrorIs(t, err, h2.ErrParked)
					streams <- s
				})
				p.call(1)
				s := <-streams
				synctest.Wait()
				assert.Empty(t, got)
				want := happen(p, s)
				assert.Equal(t, want, <-got)
				s.Finish(trailers)
			})
		})
	}
}

func TestParkedStreamsCount(t *testing.T) { // LM-9
	c := config()
	c.MaxStreams = 2
	p := connect(t, c, func(s *h2.Stream) {
		_, err := s.NextOrPark(func() { s.Finish(trailers) })
		assert.ErrorIs(t, err, h2.ErrParked)
	})
	p.call(1)
	p.call(3)
	p.pong()
	p.call(5)
	assert.Equal(t, http2.ErrCodeRefusedStream, p.reset(5))
}
