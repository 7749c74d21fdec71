package h2_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
)

func TestSettingsAreAnnouncedAndAcknowledged(t *testing.T) { // LM-9
	p := connect(t, config(), echo)
	settings := until(p, func(f *http2.SettingsFrame) bool { return !f.IsAck() })
	for id, want := range map[http2.SettingID]uint32{
		http2.SettingMaxConcurrentStreams: 100, http2.SettingInitialWindowSize: 64 << 10,
		http2.SettingMaxHeaderListSize: 4 << 10, http2.SettingHeaderTableSize: 0,
	} {
		got, ok := settings.Value(id)
		assert.True(t, ok, id)
		assert.Equal(t, want, got, id)
	}
	update := until(p, func(*http2.WindowUpdateFrame) bool { return true })
	assert.EqualValues(t, 128<<10-65535, update.Increment)
	until(p, (*http2.SettingsFrame).IsAck)
}

func TestCallWithItsAnswer(t *testing.T) {
	p := connect(t, config(), echo)
	p.call(1)
	require.NoError(t, p.WriteData(1, false, []byte("hello")))
	assert.Equal(t, map[string]string{":status": "200"}, p.headers(1, false))
	assert.Equal(t, "hello", string(p.data(1)))
	require.NoError(t, p.WriteDataPadded(1, true, []byte("world"), make([]byte, 100)))
	assert.Equal(t, "world", string(p.data(1)))
	assert.Equal(t, map[string]string{"grpc-status": "0"}, p.headers(1, true))
	p.pong()
	_, idle := p.server.Idle()
	assert.True(t, idle)
}

func TestAnswerWithoutBodyIsOneBlock(t *testing.T) {
	p := connect(t, config(), func(s *h2.Stream) { s.Finish(trailers) })
	p.call(1)
	assert.Equal(t, map[string]string{":status": "200", "grpc-status": "0"}, p.headers(1, true))
	assert.Equal(t, http2.ErrCodeNo, p.reset(1), "the peer need not send the rest")
	require.NoError(t, p.WriteData(1, true, []byte("too late")))
	p.pong()
}

func TestRefusalHasAHeaderOfItsOwn(t *testing.T) {
	p := connect(t, config(), func(s *h2.Stream) {
		s.Refuse(h2.AppendField(nil, ":status", "415"))
		s.Finish(trailers)
	})
	p.call(1)
	assert.Equal(t, map[string]string{":status": "415"}, p.headers(1, true))
}

func TestRequestIsReadWhole(t *testing.T) {
	got := make(chan *h2.Request, 1)
	p := connect(t, config(), func(s *h2.Stream) {
		got <- s.Request()
		assert.Nil(t, s.Request(), "the stream holds it no more")
		s.Finish(trailers)
	})
	long := strings.Repeat("x", 1000)
	headers := requestBlock("a", "1", "b", long, "a", "2")
	require.NoError(t, p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: headers[:50]}))
	require.NoError(t, p.WriteContinuation(1, false, headers[50:100]))
	require.NoError(t, p.WriteContinuation(1, true, headers[100:]))
	r := <-got
	assert.Equal(t, "/a", r.Get(":path"))
	assert.Equal(t, long, r.Get("b"))
	assert.Equal(t, []string{"1", "2"}, r.Values("a"))
	assert.Empty(t, r.Get("c"))
	assert.False(t, r.Truncated)
}

// The peer may use the table of headers until it has read our settings.
func TestHeadersMayUseTheTable(t *testing.T) {
	got := make(chan *h2.Request, 2)
	p := connect(t, config(), func(s *h2.Stream) {
		got <- s.Request()
		s.Finish(trailers)
	})
	var b bytes.Buffer
	encoder := hpack.NewEncoder(&b)
	for id := uint32(1); id <= 5; id += 2 {
		b.Reset()
		if id == 5 {
			encoder.SetMaxDynamicTableSize(0)
		}
		for _, f := range [][2]string{{":method", "POST"}, {":scheme", "http"}, {":path", "/a"}, {":authority", "node"}, {"token", "secret"}} {
			require.NoError(t, encoder.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}))
		}
		require.NoError(t, p.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: b.Bytes(), EndHeaders: true}))
		assert.Equal(t, "secret", (<-got).Get("token"))
	}
}

func TestTrailersOfThePeerEndItsSide(t *testing.T) {
	p := connect(t, config(), echo)
	p.call(1)
	require.NoError(t, p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block("x", "y"), EndHeaders: true, EndStream: true}))
	assert.Equal(t, "0", p.headers(1, true)["grpc-status"])
}

func TestMalformedHeadersEndTheirStreamOnly(t *testing.T) {
	p := connect(t, config(), echo)
	for i, malformed := range [][]byte{
		block(":method", "POST", "Upper", "case"), block("a", "b", ":path", "/a"), block(":nothing", "x"), requestBlock("a", "line\nbreak"),
	} {
		id := uint32(2*i + 1)
		require.NoError(t, p.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: malformed, EndHeaders: true}))
		assert.Equal(t, http2.ErrCodeProtocol, p.reset(id))
		require.NoError(t, p.WriteData(id, false, []byte("on its way")))
	}
	p.call(99)
	require.NoError(t, p.WriteData(99, true, []byte("x")))
	p.headers(99, false)
	assert.Equal(t, "x", string(p.data(99)))
}

func TestLargeHeadersAreTruncated(t *testing.T) {
	got := make(chan bool, 1)
	p := connect(t, config(), func(s *h2.Stream) {
		got <- s.Request().Truncated
		s.Finish(trailers)
	})
	headers := requestBlock("a", strings.Repeat("~", 2000), "b", strings.Repeat("~", 2000), "c", "d")
	require.NoError(t, p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: headers, EndHeaders: true}))
	assert.True(t, <-got)
}

func TestManyStreamsShareAConnection(t *testing.T) {
	const streams, rounds = 90, 20
	c := config()
	c.ConnectionWindow = 4 << 20
	p := connect(t, c, echo)
	require.NoError(t, p.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20}))
	require.NoError(t, p.WriteWindowUpdate(0, 1<<24))
	random := rand.New(rand.NewPCG(1, 2))
	sent, got := map[uint32][]byte{}, map[uint32][]byte{}
	for i := range streams {
		p.call(uint32(2*i + 1))
	}
	go func() {
		for round := range rounds {
			for id := uint32(1); id < 2*streams; id += 2 {
				piece := bytes.Repeat([]byte{byte(random.Uint32())}, random.IntN(100)+1)
				sent[id] = append(sent[id], piece...)
				assert.NoError(t, p.WriteData(id, round == rounds-1, piece))
			}
		}
	}()
	for ended := 0; ended < streams; {
		switch f := p.next().(type) {
		case *http2.DataFrame:
			got[f.StreamID] = append(got[f.StreamID], f.Data()...)
		case *http2.MetaHeadersFrame:
			if f.StreamEnded() {
				ended++
			}
		}
	}
	assert.Equal(t, sent, got)
}

func TestLongTrailersTakeSeveralFrames(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 5000)
	p := connect(t, config(), func(s *h2.Stream) { s.Finish(h2.AppendField(nil, "grpc-message", long)) })
	p.call(1)
	p.MaxHeaderListSize = 1 << 20
	assert.Equal(t, long, p.headers(1, true)["grpc-message"])
}

func TestResetEndsWhatIsInProgress(t *testing.T) {
	ended := make(chan error, 3)
	p := connect(t, config(), func(s *h2.Stream) {
		_, err := s.Next()
		ended <- err
		<-s.Context().Done()
		ended <- s.Context().Err()
		ended <- s.Write([][]byte{[]byte("x")}, 1)
		s.Finish(trailers)
	})
	p.call(1)
	require.NoError(t, p.WriteRSTStream(1, http2.ErrCodeCancel))
	require.Error(t, <-ended)
	require.ErrorIs(t, <-ended, context.Canceled)
	require.Error(t, <-ended)
	p.pong()
}

func TestEndOfTheConnectionEndsItsStreams(t *testing.T) {
	ended := make(chan struct{}, 2)
	p := connect(t, config(), func(s *h2.Stream) {
		waiting(s)
		ended <- struct{}{}
	})
	p.call(1)
	p.call(3)
	p.pong()
	require.NoError(t, p.raw.Close())
	<-ended
	<-ended
	p.over()
}

func TestFieldsCanBeDecoded(t *testing.T) {
	for _, length := range []int{0, 1, 126, 127, 128, 254, 255, 256, 300, 16511, 16512, 20000} {
		name, value := strings.Repeat("n", max(1, length)), strings.Repeat("v", length)
		fields, err := hpack.NewDecoder(0, nil).DecodeFull(h2.AppendField(nil, name, value))
		require.NoError(t, err, length)
		assert.Equal(t, []hpack.HeaderField{{Name: name, Value: value}}, fields)
	}
}

func TestWhoDoesNotSpeakHTTP2IsClosed(t *testing.T) {
	for _, text := range []string{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX", "\x16\x03\x01" + strings.Repeat("\x00", 30)} {
		p := accept(t, tcp(t), config(), echo)
		_, err := io.WriteString(p.raw, text)
		require.NoError(t, err)
		p.over()
	}
}
