package h2_test

import (
	"bytes"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
)

func text(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i * i)
	}
	return b
}

func window(size uint32) http2.Setting {
	return http2.Setting{ID: http2.SettingInitialWindowSize, Val: size}
}

// nothing makes sure that the server sends no data, but answers pings all the same.
func (p *peer) nothing() {
	p.t.Helper()
	mark := [8]byte{'n'}
	require.NoError(p.t, p.WritePing(false, mark))
	for {
		frame, err := p.ReadFrame()
		require.NoError(p.t, err)
		require.IsNotType(p.t, &http2.DataFrame{}, frame)
		if f, ok := frame.(*http2.PingFrame); ok && f.Data == mark {
			return
		}
	}
}

func TestTinyWindowsAreKept(t *testing.T) {
	message := text(50)
	p := connect(t, config(), saying(message))
	require.NoError(t, p.WriteSettings(window(10)))
	p.call(1)
	p.headers(1, false)
	got := p.data(1)
	require.Len(t, got, 10)
	p.nothing()
	for len(got) < len(message) {
		require.NoError(t, p.WriteWindowUpdate(1, 7))
		got = append(got, p.data(1)...)
	}
	assert.Equal(t, message, got)
	p.headers(1, true)
}

func TestZeroWindowAndItsEnd(t *testing.T) {
	p := connect(t, config(), saying(text(20)))
	require.NoError(t, p.WriteSettings(window(0)))
	p.call(1)
	p.headers(1, false)
	p.nothing()
	require.NoError(t, p.WriteSettings(window(5)))
	assert.Len(t, p.data(1), 5)
	require.NoError(t, p.WriteSettings(window(2))) // the stream's is -3 now
	p.nothing()
	require.NoError(t, p.WriteWindowUpdate(1, 3))
	p.nothing()
	require.NoError(t, p.WriteWindowUpdate(1, 4))
	assert.Len(t, p.data(1), 4)
	require.NoError(t, p.WriteSettings(window(1000)))
	assert.Len(t, p.data(1), 11)
	p.headers(1, true)
}

// The window of the connection goes round: no stream that waits for it is left out.
func TestStreamsTakeTurnsAtTheConnectionsWindow(t *testing.T) {
	const size, streams, step = 200_000, 5, 10_000
	synctest.Test(t, func(t *testing.T) {
		p := inMemory(t, room, config(), saying(text(size)))
		require.NoError(t, p.WriteSettings(window(1<<20)))
		p.call(1)
		for got := 0; got < 65535; { // all of the connection's window
			got += len(p.dataOf(1))
		}
		for id := uint32(3); id <= 2*streams-1; id += 2 {
			p.call(id)
		}
		synctest.Wait() // all of them wait
		got := map[uint32]int{1: 65535}
		for total := 65535; total < streams*size; {
			require.NoError(t, p.WriteWindowUpdate(0, step))
			for room := min(step, streams*size-total); room > 0; {
				f := until(p, func(*http2.DataFrame) bool { return true })
				got[f.StreamID] += len(f.Data())
				total += len(f.Data())
				room -= len(f.Data())
			}
			if total == 65535+streams*step {
				assert.Equal(t, map[uint32]int{1: 65535 + step, 3: step, 5: step, 7: step, 9: step}, got)
			}
		}
		for id := uint32(1); id <= 2*streams-1; id += 2 {
			assert.Equal(t, size, got[id])
		}
	})
}

func (p *peer) dataOf(id uint32) []byte {
	return until(p, func(f *http2.DataFrame) bool { return f.StreamID == id }).Data()
}

func TestAStreamThatIsResetPassesItsTurnOn(t *testing.T) {
	p := connect(t, config(), saying(text(100_000)))
	require.NoError(t, p.WriteSettings(window(1<<20)))
	for id := uint32(1); id <= 5; id += 2 {
		p.call(id)
	}
	for got := 0; got < 65535; {
		got += len(until(p, func(*http2.DataFrame) bool { return true }).Data())
	}
	p.nothing()
	require.NoError(t, p.WriteRSTStream(1, http2.ErrCodeCancel))
	require.NoError(t, p.WriteRSTStream(5, http2.ErrCodeCancel))
	p.pong()
	require.NoError(t, p.WriteWindowUpdate(0, 300_000))
	f := until(p, func(f *http2.MetaHeadersFrame) bool { return f.StreamEnded() })
	assert.EqualValues(t, 3, f.StreamID)
}

func TestLargeFramesForWhoTakesThem(t *testing.T) {
	message := text(100_000)
	p := connect(t, config(), saying(message))
	require.NoError(t, p.WriteSettings(window(1<<20), http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1 << 20}))
	require.NoError(t, p.WriteWindowUpdate(0, 1<<20))
	p.SetMaxReadFrameSize(1 << 20)
	p.call(1)
	p.headers(1, false)
	first := p.data(1)
	assert.Len(t, first, 64<<10)
	got := first
	for len(got) < len(message) {
		got = append(got, p.data(1)...)
	}
	assert.True(t, bytes.Equal(message, got))
}

func TestWindowsOfThePeerAreGivenBack(t *testing.T) {
	received := make(chan int)
	p := connect(t, config(), func(s *h2.Stream) {
		total := 0
		for {
			data, err := s.Next()
			if err != nil {
				break
			}
			total += len(data)
		}
		s.Finish(trailers)
		received <- total
	})
	p.call(1)
	const size = 1 << 20
	ofStream, ofConnection := 64<<10, 128<<10 // once the settings are there
	until(p, func(f *http2.WindowUpdateFrame) bool { return f.StreamID == 0 })
	for left := size; left > 0; {
		for n := min(left, ofStream, ofConnection, 10_000); n > 0; n = min(left, ofStream, ofConnection, 10_000) {
			left, ofStream, ofConnection = left-n, ofStream-n, ofConnection-n
			require.NoError(t, p.WriteData(1, left == 0, make([]byte, n)))
		}
		if left > 0 {
			f := until(p, func(*http2.WindowUpdateFrame) bool { return true })
			if f.StreamID == 0 {
				ofConnection += int(f.Increment)
			} else {
				ofStream += int(f.Increment)
			}
		}
	}
	assert.Equal(t, size, <-received)
}

func TestMoreThanTheWindowIsRefused(t *testing.T) {
	p := connect(t, config(), waiting)
	p.call(1)
	for range 5 {
		require.NoError(t, p.WriteData(1, false, make([]byte, 16<<10)))
	}
	assert.Equal(t, http2.ErrCodeFlowControl, p.reset(1))
	p.pong()
}

func TestMoreThanTheConnectionsWindowEndsIt(t *testing.T) {
	c := config()
	c.ConnectionWindow = 10_000 // RFC 9113 has no way to announce less than 65,535
	p := connect(t, c, waiting)
	p.call(1)
	require.NoError(t, p.WriteData(1, false, make([]byte, 10_001)))
	assert.Equal(t, http2.ErrCodeFlowControl, p.goodbye())
}

func TestAbsurdWindowUpdates(t *testing.T) {
	const most = 1<<31 - 1
	for name, test := range map[string]struct {
		send func(p *peer) error
		code http2.ErrCode
	}{
		"beyond the connection's": {func(p *peer) error { return p.WriteWindowUpdate(0, most) }, http2.ErrCodeFlowControl},
		"nothing": {func(p *peer) error {
			return p.WriteRawFrame(http2.FrameWindowUpdate, 0, 0, []byte{0, 0, 0, 0})
		}, http2.ErrCodeProtocol},
		"of an idle stream": {func(p *peer) error { return p.WriteWindowUpdate(9, 1) }, http2.ErrCodeProtocol},
		"settings that are beyond all streams'": {func(p *peer) error {
			if err := p.WriteWindowUpdate(1, most-65535); err != nil {
				return err
			}
			return p.WriteSettings(window(most))
		}, http2.ErrCodeFlowControl},
		"settings beyond any window": {func(p *peer) error { return p.WriteSettings(window(1 << 31)) }, http2.ErrCodeFlowControl},
	} {
		t.Run(name, func(t *testing.T) {
			p := connect(t, config(), waiting)
			p.call(1)
			require.NoError(t, test.send(p))
			assert.Equal(t, test.code, p.goodbye())
			p.over()
		})
	}
	for name, increment := range map[string][]byte{"beyond the stream's": {0x7f, 0xff, 0xff, 0xff}, "nothing": {0, 0, 0, 0}} {
		t.Run("of a stream: "+name, func(t *testing.T) {
			p := connect(t, config(), waiting)
			p.call(1)
			require.NoError(t, p.WriteRawFrame(http2.FrameWindowUpdate, 0, 1, increment))
			assert.NotEqual(t, http2.ErrCodeNo, p.reset(1))
			p.pong()
		})
	}
}

// Padding counts like what it pads, and is given back although there is nothing to
// read.
func TestPaddingIsGivenBack(t *testing.T) {
	p := connect(t, config(), waiting)
	p.call(1)
	for range 32<<10/256 + 1 {
		require.NoError(t, p.WriteDataPadded(1, false, nil, make([]byte, 255)))
	}
	given := until(p, func(f *http2.WindowUpdateFrame) bool { return f.StreamID == 1 })
	assert.GreaterOrEqual(t, given.Increment, uint32(32<<10))

	p.call(3)
	for range 4 {
		require.NoError(t, p.WriteData(3, false, text(10_000)))
	}
	require.NoError(t, p.WriteDataPadded(3, false, nil, make([]byte, 255)))
	mark := [8]byte{'p'}
	require.NoError(t, p.WritePing(false, mark))
	for {
		frame, err := p.ReadFrame()
		require.NoError(t, err)
		if f, ok := frame.(*http2.WindowUpdateFrame); ok {
			require.NotEqualValues(t, 3, f.StreamID, "nobody has read what is before it")
		}
		if f, ok := frame.(*http2.PingFrame); ok && f.Data == mark {
			return
		}
	}
}
