package h2_test

import (
	"bytes"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
)

func TestFramesAgainstTheProtocolEndTheConnection(t *testing.T) {
	headers := func(id uint32, ends bool, b []byte) func(p *peer) error {
		return func(p *peer) error {
			return p.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: b, EndHeaders: ends})
		}
	}
	both := func(first, second func(p *peer) error) func(p *peer) error {
		return func(p *peer) error {
			if err := first(p); err != nil {
				return err
			}
			return second(p)
		}
	}
	raw := func(kind http2.FrameType, id uint32, payload string) func(p *peer) error {
		return func(p *peer) error { return p.WriteRawFrame(kind, 0, id, []byte(payload)) }
	}
	for name, test := range map[string]struct {
		send func(p *peer) error
		code http2.ErrCode
	}{
		"even stream":                      {headers(2, true, requestBlock()), http2.ErrCodeProtocol},
		"data of an idle stream":           {raw(http2.FrameData, 1, "x"), http2.ErrCodeProtocol},
		"reset of an idle stream":          {raw(http2.FrameRSTStream, 1, "\x00\x00\x00\x00"), http2.ErrCodeProtocol},
		"push promise":                     {raw(http2.FramePushPromise, 1, "\x00\x00\x00\x02"), http2.ErrCodeProtocol},
		"frame that is too large":          {raw(http2.FrameData, 1, strings.Repeat("x", 16<<10+1)), http2.ErrCodeFrameSize},
		"ping of a wrong size":             {raw(http2.FramePing, 0, "short"), http2.ErrCodeFrameSize},
		"settings of a wrong size":         {raw(http2.FrameSettings, 0, "\x00\x01\x00"), http2.ErrCodeFrameSize},
		"settings twice in one frame":      {raw(http2.FrameSettings, 0, strings.Repeat("\x00\x04\x00\x00\x10\x00", 2)), http2.ErrCodeProtocol},
		"frame size that is none":          {raw(http2.FrameSettings, 0, "\x00\x05\x00\x00\x00\x01"), http2.ErrCodeProtocol},
		"more settings than there are":     {raw(http2.FrameSettings, 0, strings.Repeat("\x0a\x0a\x00\x00\x00\x00", 101)), http2.ErrCodeProtocol},
		"continuation of nothing":          {raw(http2.FrameContinuation, 1, "x"), http2.ErrCodeProtocol},
		"data amid headers":                {both(headers(1, false, requestBlock()), raw(http2.FrameData, 1, "x")), http2.ErrCodeProtocol},
		"headers that cannot be decoded":   {headers(1, true, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), http2.ErrCodeCompression},
		"index beyond the table":           {headers(1, true, []byte{0xfe}), http2.ErrCodeCompression},
		"table larger than allowed":        {headers(1, true, []byte{0x3f, 0xff, 0xff, 0x01}), http2.ErrCodeCompression},
		"padding that is longer than data": {func(p *peer) error { return p.WriteRawFrame(http2.FrameData, http2.FlagDataPadded, 1, []byte{9, 1}) }, http2.ErrCodeProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			p := connect(t, config(), waiting)
			require.NoError(t, test.send(p))
			assert.Equal(t, test.code, p.goodbye())
			p.over()
		})
	}
}

func TestSettingsComeFirst(t *testing.T) {
	p := accept(t, tcp(t), config(), waiting)
	_, err := io.WriteString(p.raw, http2.ClientPreface)
	require.NoError(t, err)
	p.call(1)
	assert.Equal(t, http2.ErrCodeProtocol, p.goodbye())
}

func TestFramesOfStreamsThatAreOver(t *testing.T) {
	p := connect(t, config(), echo)
	p.call(1)
	require.NoError(t, p.WriteData(1, true, nil))
	p.headers(1, true)
	require.NoError(t, p.WriteWindowUpdate(1, 1))
	require.NoError(t, p.WriteRSTStream(1, http2.ErrCodeCancel))
	require.NoError(t, p.WriteData(1, false, []byte("x")))
	p.call(1)
	assert.Equal(t, http2.ErrCodeStreamClosed, p.reset(1))
	p.call(3)
	require.NoError(t, p.WriteData(3, true, nil))
	p.headers(3, true)
}

func TestSideThatIsClosedStaysClosed(t *testing.T) {
	p := connect(t, config(), waiting)
	p.call(1)
	require.NoError(t, p.WriteData(1, true, nil))
	require.NoError(t, p.WriteData(1, false, []byte("x")))
	assert.Equal(t, http2.ErrCodeStreamClosed, p.reset(1))
	p.call(3)
	require.NoError(t, p.WriteHeaders(http2.HeadersFrameParam{StreamID: 3, BlockFragment: block("x", "y"), EndHeaders: true}))
	assert.Equal(t, http2.ErrCodeProtocol, p.reset(3), "trailers end the stream")
}

// flood sends the same again and again until the server closes the connection.
func (p *peer) flood(send func(i int) error) http2.ErrCode {
	p.t.Helper()
	stop := make(chan struct{})
	flooded := make(chan struct{})
	go func() {
		defer close(flooded)
		for i := 0; send(i) == nil; i++ {
			select {
			case <-stop:
				return
			default:
			}
		}
	}()
	defer func() { <-flooded }()
	defer close(stop)
	code := http2.ErrCodeNo
	for {
		frame, err := p.ReadFrame()
		if err != nil {
			_ = p.raw.Close()
			return code
		}
		if f, ok := frame.(*http2.GoAwayFrame); ok {
			code = f.ErrCode
		}
	}
}

func TestFloodsEndTheConnection(t *testing.T) {
	for name, send := range map[string]func(p *peer) func(i int) error{
		"pings":    func(p *peer) func(int) error { return func(int) error { return p.WritePing(false, [8]byte{}) } },
		"settings": func(p *peer) func(int) error { return func(int) error { return p.WriteSettings(window(1000)) } },
		"priorities": func(p *peer) func(int) error {
			return func(int) error { return p.WritePriority(1, http2.PriorityParam{StreamDep: 3}) }
		},
		"frames of no known kind": func(p *peer) func(int) error { return func(int) error { return p.WriteRawFrame(0x77, 0, 0, nil) } },
		"empty data": func(p *peer) func(int) error {
			p.call(1)
			return func(int) error { return p.WriteData(1, false, nil) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // a second never passes
				p := inMemory(t, 1<<10, config(), waiting)
				assert.Equal(t, http2.ErrCodeEnhanceYourCalm, p.flood(send(p)))
				p.over()
			})
		})
	}
}

// Rapid reset: no more handlers run than there may be streams, and the connection is
// closed.
func TestRapidResets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		release := make(chan struct{})
		p := inMemory(t, 1<<10, config(), func(s *h2.Stream) {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			<-release // it does not mind its context
			s.Finish(trailers)
		})
		code := p.flood(func(i int) error {
			id := uint32(2*i + 1)
			if err := p.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: requestBlock(), EndHeaders: true}); err != nil {
				return err
			}
			return p.WriteRSTStream(id, http2.ErrCodeCancel)
		})
		assert.Equal(t, http2.ErrCodeEnhanceYourCalm, code)
		assert.LessOrEqual(t, most.Load(), int32(100))
		close(release)
		p.over()
	})
}

func TestTooManyStreamsAreRefused(t *testing.T) { // LM-9
	synctest.Test(t, func(t *testing.T) {
		c := config()
		c.MaxStreams = 2
		p := inMemory(t, 1<<16, c, echo)
		p.call(1)
		p.call(3)
		p.call(5)
		assert.Equal(t, http2.ErrCodeRefusedStream, p.reset(5))
		require.NoError(t, p.WriteData(1, true, nil))
		p.headers(1, true)
		synctest.Wait() // the handler returns after it has answered
		p.call(7)
		require.NoError(t, p.WriteData(7, true, nil))
		p.headers(7, true)
	})
}

func TestContinuationFlood(t *testing.T) {
	p := connect(t, config(), waiting)
	require.NoError(t, p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: requestBlock()}))
	code := p.flood(func(int) error {
		return p.WriteContinuation(1, false, block("a", strings.Repeat("~", 1000)))
	})
	assert.Equal(t, http2.ErrCodeProtocol, code)
	p.over()
}

// Header bomb: a block of 16 KiB that stands for 40 MiB of headers.
func TestHeaderBomb(t *testing.T) {
	got := make(chan *h2.Request, 1)
	p := connect(t, config(), func(s *h2.Stream) {
		got <- s.Request()
		s.Finish(trailers)
	})
	var b bytes.Buffer
	encoder := hpack.NewEncoder(&b)
	for _, f := range [][2]string{{":method", "POST"}, {":scheme", "http"}, {":path", "/a"}, {"a", strings.Repeat("~", 3500)}} {
		require.NoError(t, encoder.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}))
	}
	bomb := b.Bytes()
	for len(bomb) < 16<<10 {
		bomb = append(bomb, 0x80|62) // the last again
	}
	require.NoError(t, p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: bomb, EndHeaders: true}))
	r := <-got
	assert.True(t, r.Truncated)
	assert.LessOrEqual(t, len(r.Fields), 4)
	p.headers(1, true)
}

// Who reads nothing does not make the server keep answers without end.
func TestAnswersThatNobodyReadsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := config()
		c.LeastPing = 0
		p := inMemory(t, 1<<10, c, saying(text(30_000)))
		p.call(1) // its answer fills the buffer
		synctest.Wait()
		sent := 0
		for ; p.WritePing(false, [8]byte{}) == nil; sent++ {
			require.Less(t, sent, 1<<20)
		}
		assert.LessOrEqual(t, sent*17, 300<<10+c.MaxStreams<<10)
		p.over()
	})
}

// Who takes nothing of what is written is gone, although it says something.
func TestPeerThatTakesNothingIsGone(t *testing.T) { // LM-10
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		p := inMemory(t, 1<<10, config(), saying(text(30_000)))
		p.call(1)
		for {
			time.Sleep(6 * time.Second)
			if p.WriteWindowUpdate(0, 1) != nil {
				break
			}
		}
		assert.InDelta(t, 40, time.Since(began).Seconds(), 10)
		p.over()
	})
}
