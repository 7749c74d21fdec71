package socket

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// networks are those whose connections are plain.
var networks = []string{"tcp", "unix"}

// pair is the two ends of a connection: the platform's, and the one under test.
func pair(t testing.TB, network string) (peer net.Conn, conn *Conn) {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = filepath.Join(t.TempDir(), "s")
	}
	plain, err := net.Listen(network, address)
	require.NoError(t, err)
	l := Listener{Listener: plain}
	defer l.Close()
	dialed := make(chan net.Conn, 1)
	go func() {
		peer, err := net.Dial(network, l.Addr().String())
		assert.NoError(t, err)
		dialed <- peer
	}()
	accepted, err := l.Accept()
	require.NoError(t, err)
	peer = <-dialed
	t.Cleanup(func() {
		_ = peer.Close()
		_ = accepted.Close()
	})
	return peer, accepted.(*Conn)
}

func onEach(t *testing.T, test func(t *testing.T, peer net.Conn, conn *Conn)) {
	for _, network := range networks {
		t.Run(network, func(t *testing.T) {
			peer, conn := pair(t, network)
			test(t, peer, conn)
		})
	}
}

func TestWhatIsWrittenArrives(t *testing.T) {
	onEach(t, func(t *testing.T, peer net.Conn, conn *Conn) {
		data := make([]byte, 8<<20) // more than a socket holds
		_, _ = rand.NewChaCha8([32]byte{}).Read(data)
		var echo sync.WaitGroup
		echo.Go(func() {
			n, err := io.Copy(peer, io.LimitReader(peer, int64(len(data))))
			assert.NoError(t, err)
			assert.EqualValues(t, len(data), n)
		})
		var writing sync.WaitGroup
		writing.Go(func() {
			n, err := conn.Write(data)
			assert.NoError(t, err)
			assert.Equal(t, len(data), n)
		})
		back := make([]byte, len(data))
		_, err := io.ReadFull(conn, back)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(data, back))
		writing.Wait()
		echo.Wait()
	})
}

func TestPiecesArrive(t *testing.T) {
	peer, conn := pair(t, "tcp")
	memory, far := net.Pipe()
	defer memory.Close()
	for _, ends := range [][2]net.Conn{{conn, peer}, {memory, far}} {
		pieces := net.Buffers{[]byte("ab"), nil, []byte("c")}
		var writing sync.WaitGroup
		writing.Go(func() { assert.NoError(t, WriteBuffers(ends[0], &pieces)) })
		var got [3]byte
		_, err := io.ReadFull(ends[1], got[:])
		require.NoError(t, err)
		assert.Equal(t, "abc", string(got[:]))
		writing.Wait()
		assert.Empty(t, pieces)
	}
}

// Many pieces, some of them empty, some larger than what a socket holds, arrive whole and in order.
func TestManyPiecesArrive(t *testing.T) {
	onEach(t, func(t *testing.T, peer net.Conn, conn *Conn) {
		var pieces net.Buffers
		var want []byte
		random := rand.NewChaCha8([32]byte{1})
		for i := range 300 {
			size := int(random.Uint64() % 3000)
			switch i % 50 {
			case 0:
				size = 0
			case 1:
				size = 1 << 20
			}
			piece := make([]byte, size)
			_, _ = random.Read(piece)
			pieces, want = append(pieces, piece), append(want, piece...)
		}
		var writing sync.WaitGroup
		writing.Go(func() { assert.NoError(t, WriteBuffers(conn, &pieces)) })
		got := make([]byte, len(want))
		_, err := io.ReadFull(peer, got)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want, got))
		writing.Wait()
		assert.Empty(t, pieces)
	})
}

func TestAwaitHasNothingInHand(t *testing.T) {
	onEach(t, func(t *testing.T, peer net.Conn, conn *Conn) {
		waiting := make(chan struct{}, 2)
		var sending sync.WaitGroup
		sending.Go(func() {
			<-waiting // it has been tried in vain
			_, err := peer.Write([]byte("x"))
			assert.NoError(t, err)
		})
		var got [8]byte
		n := 0
		require.NoError(t, conn.Await(func(fd uintptr) (done bool) {
			var err error
			n, done, err = ReadArrived(fd, got[:])
			require.NoError(t, err)
			if !done {
				require.Zero(t, n)
				waiting <- struct{}{}
			}
			return done
		}))
		sending.Wait()
		assert.Equal(t, "x", string(got[:n]))
	})
}

// TestEndsAsAPlainConnectionEnds compares with a connection of package net.
func TestEndsAsAPlainConnectionEnds(t *testing.T) {
	read := func(c net.Conn) error {
		n, err := c.Read(make([]byte, 8))
		assert.Zero(t, n)
		return err
	}
	write := func(c net.Conn) error {
		for {
			if _, err := c.Write(make([]byte, 1<<20)); err != nil {
				return err
			}
		}
	}
	writePieces := func(c net.Conn) error {
		for {
			if err := WriteBuffers(c, &net.Buffers{make([]byte, 1<<20), []byte("x")}); err != nil {
				return err
			}
		}
	}
	for name, c := range map[string]struct {
		end  func(near, far net.Conn)
		call func(net.Conn) error
		want error
	}{
		"the peer closes":             {func(_, far net.Conn) { _ = far.Close() }, read, io.EOF},
		"closed while reading":        {func(near, _ net.Conn) { _ = near.Close() }, read, net.ErrClosed},
		"closed while writing":        {func(near, _ net.Conn) { _ = near.Close() }, write, net.ErrClosed},
		"a deadline for reading":      {func(near, _ net.Conn) { _ = near.SetReadDeadline(time.Unix(1, 0)) }, read, os.ErrDeadlineExceeded},
		"a deadline for writing":      {func(near, _ net.Conn) { _ = near.SetWriteDeadline(time.Unix(1, 0)) }, write, os.ErrDeadlineExceeded},
		"written to a peer that left": {func(_, far net.Conn) { _ = far.Close() }, write, nil}, // EPIPE or ECONNRESET
		"closed, pieces":              {func(near, _ net.Conn) { _ = near.Close() }, writePieces, net.ErrClosed},
		"a deadline, pieces":          {func(near, _ net.Conn) { _ = near.SetWriteDeadline(time.Unix(1, 0)) }, writePieces, os.ErrDeadlineExceeded},
		"a peer that left, pieces":    {func(_, far net.Conn) { _ = far.Close() }, writePieces, nil},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, peer net.Conn, conn *Conn) {
				var failures [2]error
				for i, near := range []net.Conn{conn, conn.Conn} {
					if i == 1 {
						peer, conn = pair(t, conn.LocalAddr().Network())
						near = conn.Conn // of package net
					}
					c.end(near, peer)
					failures[i] = c.call(near)
					require.Error(t, failures[i])
					if c.want != nil {
						require.ErrorIs(t, failures[i], c.want)
					}
				}
				ours, theirs := new(net.OpError), new(net.OpError)
				if !errors.As(failures[1], &theirs) {
					assert.Equal(t, failures[1], failures[0]) // io.EOF, never wrapped
					return
				}
				require.ErrorAs(t, failures[0], &ours)
				assert.Equal(t, theirs.Op, ours.Op)
				assert.Equal(t, theirs.Net, ours.Net)
				assert.Equal(t, theirs.Timeout(), ours.Timeout())
			})
		})
	}
}

func TestOtherConnectionsStayAsTheyAre(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	assert.Same(t, near, Of(near))
	_, conn := pair(t, "tcp")
	assert.Same(t, conn, Of(conn))
}

func TestNothingIsAllocated(t *testing.T) {
	peer, conn := pair(t, "tcp")
	var one, got [1]byte
	assert.LessOrEqual(t, testing.AllocsPerRun(1000, func() {
		if _, err := conn.Write(one[:]); err != nil {
			t.Error(err)
		}
		if _, err := peer.Read(got[:]); err != nil {
			t.Error(err)
		}
	}), float64(forgotten))
	pieces := [][]byte{one[:], one[:]}
	var rest net.Buffers
	assert.LessOrEqual(t, testing.AllocsPerRun(1000, func() {
		pieces[0], pieces[1] = one[:], one[:]
		rest = pieces
		if err := WriteBuffers(conn, &rest); err != nil {
			t.Error(err)
		}
		for range 2 {
			if _, err := peer.Read(got[:]); err != nil {
				t.Error(err)
			}
		}
	}), float64(forgotten))
}

// BenchmarkTurn is a byte to the peer and back, beside connections of package net.
func BenchmarkTurn(b *testing.B) {
	for _, direct := range []bool{false, true} {
		b.Run(map[bool]string{false: "net", true: "socket"}[direct], func(b *testing.B) {
			peer, conn := pair(b, "tcp")
			near := net.Conn(conn)
			if !direct {
				near = conn.Conn
			}
			var echo sync.WaitGroup
			echo.Go(func() { _, _ = io.Copy(near, struct{ io.Reader }{near}) })
			var p [1]byte
			for b.Loop() {
				_, _ = peer.Write(p[:])
				_, _ = peer.Read(p[:])
			}
			_ = peer.Close()
			echo.Wait()
		})
	}
}
