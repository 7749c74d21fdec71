package websocket

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// script is a connection whose client sends what it was told to, and goes.
type script struct {
	net.Conn // nil: nothing else is asked of it
	io.Reader
	written bytes.Buffer
}

func (s *script) Read(p []byte) (int, error)  { return s.Reader.Read(p) }
func (s *script) Write(p []byte) (int, error) { return s.written.Write(p) }
func (s *script) Close() error                { return nil }

// hijacked is the answer to a request of a script.
type hijacked struct {
	*httptest.ResponseRecorder
	script *script
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.script, bufio.NewReadWriter(bufio.NewReader(h.script), bufio.NewWriter(h.script)), nil
}

// ends are how a client's bytes may end.
const (
	endsOpen   = "the client went"
	endsClosed = "a Close frame"
	endsBroken = "a violation"
)

// asTheLibraryReads is what the library makes of a client's bytes, a line for each
// message, and which Pongs it writes.
func asTheLibraryReads(t *testing.T, sent []byte) (heard []string, pongs [][]byte) {
	s := &script{Reader: bytes.NewReader(sent)}
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
	} {
		request.Header.Set(name, value)
	}
	ws, err := websocket.Accept(hijacked{httptest.NewRecorder(), s}, request, nil)
	require.NoError(t, err)
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(-1)
	for err == nil {
		var kind websocket.MessageType
		var data []byte
		if kind, data, err = ws.Read(context.Background()); err == nil {
			heard = append(heard, fmt.Sprintf("%v %q", kind == websocket.MessageText, data))
		}
	}
	var closed websocket.CloseError
	end := endsBroken
	switch {
	case errors.As(err, &closed) && utf8.ValidString(closed.Reason): // which the library does not look at
		end = endsClosed
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		end = endsOpen
	}
	return append(heard, end), pongsIn(s.written.Bytes())
}

// pongsIn are the Pongs among a server's frames.
func pongsIn(written []byte) (pongs [][]byte) {
	for {
		h, ok := wsframe.ParseHeader(written)
		if !ok {
			return pongs
		}
		if h.Opcode == wsframe.Pong {
			pongs = append(pongs, written[h.Size:h.Size+int(h.Payload)]) //nolint:gosec // our own
		}
		written = written[h.Size+int(h.Payload):] //nolint:gosec // our own
	}
}

// pingKeeper is a controller that keeps the payloads of pings.
type pingKeeper struct{ kept *[][]byte }

func (p pingKeeper) control(o wsframe.Opcode, payload []byte) error {
	switch o {
	case wsframe.Ping:
		*p.kept = append(*p.kept, bytes.Clone(payload))
	case wsframe.Close:
		if err := checkClose(payload); err != nil {
			return err
		}
		return errClosed
	}
	return nil
}

// asWeRead is the same of frames.
func asWeRead(sent io.Reader) (heard []string, pongs [][]byte) {
	var in input
	in.open(&script{Reader: sent}, bufio.NewReader(bytes.NewReader(nil)))
	f := frames{in: &in, control: pingKeeper{&pongs}}
	for {
		kind, err := f.begin()
		var data []byte
		if err == nil && !kind.IsControl() {
			if data, err = io.ReadAll(&f); err == nil {
				heard = append(heard, fmt.Sprintf("%v %q", kind == wsframe.Text, data))
			}
		}
		var broken violation
		switch {
		case errors.As(err, &broken):
			return append(heard, endsBroken), pongs
		case errors.Is(err, errClosed):
			return append(heard, endsClosed), pongs
		case err != nil:
			return append(heard, endsOpen), pongs
		}
	}
}

// FuzzFrames compares what is made of a client's bytes with what the library
// github.com/coder/websocket makes of them, however they arrive. When the client goes
// in the middle of a message, the library (1.8) may take what it has got for the whole
// message. It does not wait for the mask of a frame whose length is none.
func FuzzFrames(f *testing.F) {
	join := func(frames ...[]byte) []byte { return bytes.Join(frames, nil) }
	for _, seed := range [][]byte{
		clientFrame(true, wsframe.Text, []byte("SUB:t1:a")),
		join(clientFrame(false, wsframe.Text, []byte("a")), clientFrame(true, wsframe.Ping, []byte("b")), clientFrame(true, wsframe.Continuation, []byte("c"))),
		join(clientFrame(false, wsframe.Binary, nil), clientFrame(false, wsframe.Continuation, nil), clientFrame(true, wsframe.Continuation, nil)),
		join(clientFrame(true, wsframe.Binary, make([]byte, 300)), clientFrame(true, wsframe.Close, []byte{3, 0xe8, 'o', 'k'})),
		join(clientFrame(true, wsframe.Binary, make([]byte, 70000)), clientFrame(true, wsframe.Pong, make([]byte, 125))),
		clientFrame(true, wsframe.Close, nil),
		clientFrame(true, wsframe.Close, []byte{3}),
		clientFrame(true, wsframe.Close, []byte{3, 0xed}),
		clientFrame(true, wsframe.Close, []byte{0x0b, 0xb8}),
		clientFrame(true, wsframe.Ping, make([]byte, 126)),
		clientFrame(false, wsframe.Ping, nil),
		clientFrame(true, wsframe.Continuation, nil),
		join(clientFrame(false, wsframe.Text, nil), clientFrame(true, wsframe.Text, nil)),
		clientFrame(true, 3, nil),
		clientFrame(true, 11, nil),
		wsframe.AppendHeader(nil, wsframe.Text, 0),
		{0xc1, 0x80, 0, 0, 0, 0},
		{0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4},
		{0x82, 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5},
		{0x30, 0xff, 0xc3, 0, 0, 0, 0, 0, 0, 0},                    // a length that is none, without the mask
		{0x81, 0x88, 0, 0, 0, 0},                                   // nothing of the payload
		clientFrame(false, wsframe.Text, nil),                      // nothing of the next fragment
		clientFrame(true, wsframe.Close, []byte{0x0b, 0xb8, 0xff}), // a text that is not UTF-8
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		heard, pongs := asTheLibraryReads(t, sent)
		for _, arriving := range []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
		} {
			ours, ourPongs := asWeRead(arriving(bytes.NewReader(sent)))
			if last := len(ours) - 1; ours[last] == endsOpen && len(heard) == len(ours)+1 {
				heard = append(heard[:last:last], endsOpen)
			}
			if last := len(ours) - 1; ours[last] == endsOpen && heard[last] == endsBroken {
				var mask [4]byte
				ours, ourPongs = asWeRead(arriving(bytes.NewReader(append(bytes.Clone(sent), mask[:]...))))
			}
			require.Equal(t, heard, ours)
			require.Equal(t, pongs, ourPongs)
		}
	})
}
