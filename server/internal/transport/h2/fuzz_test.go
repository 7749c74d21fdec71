package h2_test

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
)

// script is a connection that says what it was given, ends, and takes everything.
type script struct {
	io.Reader
}

func (s *script) Write(p []byte) (int, error)    { return len(p), nil }
func (s *script) Close() error                   { return nil }
func (*script) LocalAddr() net.Addr              { return nil }
func (*script) RemoteAddr() net.Addr             { return nil }
func (*script) SetDeadline(time.Time) error      { return nil }
func (*script) SetReadDeadline(time.Time) error  { return nil }
func (*script) SetWriteDeadline(time.Time) error { return nil }

// FuzzConnection reads whatever a peer may send. It must end, with all its handlers,
// and never panic.
func FuzzConnection(f *testing.F) {
	seed := func(write func(*http2.Framer)) {
		var b bytes.Buffer
		b.WriteString(http2.ClientPreface)
		framer := http2.NewFramer(&b, nil)
		framer.AllowIllegalWrites = true
		_ = framer.WriteSettings(window(100), http2.Setting{ID: http2.SettingMaxFrameSize, Val: 20_000})
		write(framer)
		f.Add(b.Bytes())
	}
	begin := func(w *http2.Framer) {
		_ = w.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: requestBlock(), EndHeaders: true})
	}
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	seed(func(w *http2.Framer) {
		begin(w)
		_ = w.WriteDataPadded(1, false, []byte("hello"), make([]byte, 3))
		_ = w.WriteWindowUpdate(1, 10)
		_ = w.WriteData(1, true, text(300))
	})
	seed(func(w *http2.Framer) {
		block := requestBlock("a", "b")
		_ = w.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block[:4], PadLength: 7})
		_ = w.WriteContinuation(1, false, block[4:8])
		_ = w.WriteContinuation(1, true, block[8:])
		_ = w.WriteRSTStream(1, http2.ErrCodeCancel)
		_ = w.WriteGoAway(0, http2.ErrCodeNo, []byte("bye"))
	})
	seed(func(w *http2.Framer) {
		begin(w)
		_ = w.WritePing(false, [8]byte{1})
		_ = w.WritePing(true, [8]byte{'d', 'r', 'a', 'i', 'n'})
		_ = w.WritePriority(1, http2.PriorityParam{StreamDep: 1})
		_ = w.WriteSettings(window(1<<31-1), http2.Setting{ID: http2.SettingHeaderTableSize, Val: 0})
		_ = w.WriteWindowUpdate(0, 1<<31-1)
	})
	seed(func(w *http2.Framer) {
		begin(w)
		_ = w.WriteRawFrame(http2.FramePushPromise, 4, 1, []byte{0, 0, 0, 2, 0x82})
	})
	seed(func(w *http2.Framer) { _ = w.WriteRawFrame(0x10, 0xff, 0, []byte{0, 0, 0, 1, 'u'}) })
	c := config()
	c.MaxStreams = 5
	f.Fuzz(func(_ *testing.T, sent []byte) {
		conn := h2.New(&script{Reader: bytes.NewReader(sent)}, c, func(s *h2.Stream) {
			_ = s.Request().Get(":path")
			echo(s)
		})
		if len(sent)%2 == 0 {
			conn.Drain()
		}
		conn.Serve()
	})
}
