package websocket

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/socket"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

func openInput(raw net.Conn, before string) *input {
	in := new(input)
	buffered := bufio.NewReaderSize(strings.NewReader(before), 4096)
	_, _ = buffered.Peek(len(before))
	in.open(raw, buffered)
	return in
}

// An input gives what was read with the handshake, and then what arrives,
// whether or not it reads ahead.
func TestInputGivesEverything(t *testing.T) {
	var sent []byte
	for i := range 100000 {
		sent = append(sent, byte(i), byte(i>>8))
	}
	for name, pair := range map[string]func() (net.Conn, net.Conn){
		"tcp":  func() (net.Conn, net.Conn) { return tcpPair(t) },
		"pipe": net.Pipe,
	} {
		for _, step := range []int{1, 100, aheadSize, 3 * aheadSize} {
			near, far := pair()
			in := openInput(near, "before")
			go func() {
				_, _ = io.Copy(far, bytes.NewReader(sent)) // compared below
				_ = far.Close()
			}()
			var got []byte
			buffer := make([]byte, step)
			for {
				n, err := in.Read(buffer)
				got = append(got, buffer[:n]...)
				if err != nil {
					require.ErrorIs(t, err, io.EOF)
					break
				}
			}
			require.Equal(t, "before"+string(sent), string(got), "%s %d", name, step)
			require.ErrorIs(t, in.failed, io.EOF)
			require.True(t, in.empty())
			require.True(t, in.plain == nil || in.ahead == nil, "an empty buffer has been given back")
			_ = near.Close()
		}
	}
}

// While nothing arrives no buffer is held.
func TestInputHoldsNothingWhileItWaits(t *testing.T) {
	near, far := tcpPair(t)
	in := openInput(near, "")
	_, err := far.Write([]byte("hello"))
	require.NoError(t, err)
	_, err = io.ReadFull(in, make([]byte, 5))
	require.NoError(t, err)
	require.NoError(t, near.SetReadDeadline(time.Now().Add(time.Millisecond)))
	_, _, err = in.header()
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	assert.Nil(t, in.ahead)
	assert.ErrorIs(t, in.failed, os.ErrDeadlineExceeded)
}

// While the rest of a header is waited for no buffer is held.
func TestInputHoldsNothingForPartOfAHeader(t *testing.T) {
	frame := clientFrame(true, wsframe.Binary, make([]byte, 70000))
	for part := 1; part < wsframe.MaxClientHeader; part++ {
		near, far := tcpPair(t)
		in := openInput(near, "")
		_, err := far.Write(frame[:part])
		require.NoError(t, err)
		in.await()
		require.False(t, in.empty())
		require.NoError(t, near.SetReadDeadline(time.Now().Add(time.Millisecond)))
		_, _, err = in.header()
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.Nil(t, in.ahead, "%d bytes", part)

		near, far = tcpPair(t)
		in = openInput(near, "")
		var sending sync.WaitGroup
		sending.Go(func() {
			for i := range wsframe.MaxClientHeader {
				_, err := far.Write(frame[i : i+1])
				assert.NoError(t, err)
			}
		})
		h, _, err := in.header()
		require.NoError(t, err)
		require.EqualValues(t, 70000, h.Payload)
		sending.Wait()
		in.release()
	}
}

// A header is known once it has arrived, whatever of its frame has.
func TestHeader(t *testing.T) {
	near, far := tcpPair(t)
	in := openInput(near, "")
	_, whole, ok := in.next()
	assert.False(t, whole || ok)
	var all []byte
	payloads := []int{0, 125, 126, 300, 600, 5000, 65535}
	for _, size := range payloads {
		all = append(all, clientFrame(true, wsframe.Binary, make([]byte, size))...)
	}
	all = append(all, clientFrame(true, wsframe.Ping, make([]byte, 20))[:10]...)
	go func() {
		_, _ = far.Write(all) // read below
		_ = far.Close()
	}()
	for _, size := range payloads {
		h, whole, err := in.header()
		require.NoError(t, err)
		assert.EqualValues(t, size, h.Payload)
		assert.True(t, whole || size >= 5000, "smaller ones were written in one piece")
		_, err = io.CopyN(io.Discard, in, int64(h.Size)+int64(h.Payload)) //nolint:gosec // sizes
		require.NoError(t, err)
	}
	h, whole, err := in.header()
	require.NoError(t, err)
	assert.Equal(t, wsframe.Ping, h.Opcode)
	assert.False(t, whole, "only half of it is there")
	in.release()
}

func TestReadMessage(t *testing.T) {
	for _, size := range []int{0, 1, firstBuffer - 1, firstBuffer, firstBuffer + 1, 5000, 16 << 10, 70000, 256 << 10, 300000, 1 << 21} {
		sent := bytes.Repeat([]byte("abc"), size/3+1)[:size]
		for _, limit := range []int{size, size + 1, 1 << 22} {
			m, err := readMessage(bytes.NewReader(sent), limit)
			require.NoError(t, err)
			require.Equal(t, sent, m.data[:size:size])
			require.Len(t, m.data, size)
			m.release()
		}
		if size > 0 {
			m, err := readMessage(bytes.NewReader(sent), size-1)
			require.ErrorIs(t, err, errTooLarge)
			m.release()
		}
	}
	m, err := readMessage(iotest.OneByteReader(strings.NewReader("slow")), 10)
	require.NoError(t, err)
	assert.Equal(t, "slow", string(m.data))
	m.release()
	broken := errors.New("broken")
	m, err = readMessage(iotest.ErrReader(broken), 10)
	require.ErrorIs(t, err, broken)
	m.release()
}

// A message in the making holds little more than what has arrived.
func TestBuffersGrowWithWhatArrives(t *testing.T) {
	var m message
	const most = 10 << 20
	m.grow(0, most)
	for m.class < 7 {
		require.LessOrEqual(t, cap(m.data), max(firstBuffer, growth*len(m.data)))
		m.data = m.data[:cap(m.data)]
		m.grow(m.class+1, most)
	}
	require.Equal(t, most, cap(m.data), "nor more than may arrive")
	m.release()
	m.release()
}

// FuzzConnection sends anything to a connection: it ends in order, whatever it
// was.
func FuzzConnection(f *testing.F) {
	f.Add(false, clientFrame(true, wsframe.Text, []byte("SUB:t1:a")))
	f.Add(false, clientFrame(true, wsframe.Binary, publishV1("t1", "a", "x")))
	f.Add(true, clientFrame(true, wsframe.Binary, []byte{0x2a, 2, 8, 1}))
	f.Add(true, clientFrame(false, wsframe.Binary, []byte{0x1a}))
	f.Add(false, append(clientFrame(true, wsframe.Ping, []byte("x")), clientFrame(true, wsframe.Close, nil)...))
	f.Add(false, []byte{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	f.Add(false, []byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1})
	listener, err := net.Listen("unix", filepath.Join(f.TempDir(), "socket")) // it needs no ports
	require.NoError(f, err)
	s := serve(f, listener)
	f.Fuzz(func(t *testing.T, session bool, frames []byte) {
		s.t = t
		protocol := "llps.v1"
		if session {
			protocol = "fastpubsub.v1"
		}
		raw, err := net.Dial("unix", s.addr)
		require.NoError(t, err)
		c := s.client(raw).upgrade(protocol, goodToken)
		_, _ = c.Write(frames) // the server may have gone
		_ = c.Conn.(*net.UnixConn).CloseWrite()
		_, _ = io.Copy(io.Discard, c.br) // it may be reset
	})
	s.t = f
}

// maskedFrame is a frame of a client with a random payload.
func maskedFrame(random *rand.Rand, o wsframe.Opcode, size int) (frame, payload []byte) {
	payload = make([]byte, size)
	for i := range payload {
		payload[i] = byte(random.Uint32())
	}
	mask := [4]byte{byte(random.Uint32()), byte(random.Uint32()), byte(random.Uint32()), byte(random.Uint32())}
	frame = wsframe.AppendHeader(nil, o, size)
	frame[1] |= 0x80
	frame = append(frame, mask[:]...)
	masked := bytes.Clone(payload)
	wsframe.Unmask(masked, mask)
	return append(frame, masked...), payload
}

// Frames that have arrived whole are taken as they were sent.
func TestInputTakesFrames(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		in := &input{plain: new(socket.Conn)}
		in.hold()
		var want [][]byte
		for in.to < aheadSize-1000 {
			frame, payload := maskedFrame(random, wsframe.Binary, random.IntN(900))
			in.to += copy(in.ahead[in.to:], frame)
			want = append(want, payload)
		}
		for _, payload := range want {
			h, whole, ok := in.next()
			require.True(t, whole && ok)
			got := make([]byte, h.Payload)
			in.take(h, got)
			require.Equal(t, payload, got)
		}
		require.True(t, in.empty())
		require.Nil(t, in.ahead, "it is given back")
	}
}
