package transport_test

import (
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// dialTo makes a connection to a server that says the words and hangs up.
func dialTo(t *testing.T, words string) net.Conn {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	conn, err := transport.DialHTTP(t.Context(), "tcp", listener.Addr().String())
	require.NoError(t, err)
	server, err := listener.Accept()
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	_, err = io.WriteString(server, words)
	require.NoError(t, err)
	require.NoError(t, server.Close())
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// writeUntilItFails returns what the writing ends with.
func writeUntilItFails(t *testing.T, conn net.Conn) error {
	t.Helper()
	for {
		if _, err := conn.Write([]byte("POST / HTTP/1.1\r\n\r\n")); err != nil {
			return err
		}
	}
}

const settings = "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x05\x00\x00\x40\x00"

// That a port speaks HTTP/2 is known to whoever fails first, the one who reads or
// the one who writes.
func TestHTTP2IsNoticed(t *testing.T) {
	t.Run("by reading", func(t *testing.T) {
		conn := dialTo(t, settings)
		for range 2 {
			_, err := conn.Read(make([]byte, 100))
			require.ErrorIs(t, err, transport.ErrHTTP2)
		}
	})
	t.Run("by writing, when nobody has read", func(t *testing.T) {
		require.ErrorIs(t, writeUntilItFails(t, dialTo(t, settings)), transport.ErrHTTP2)
	})
	t.Run("by writing, when the connection was closed after reading", func(t *testing.T) {
		conn := dialTo(t, settings)
		_, err := conn.Read(make([]byte, 100))
		require.ErrorIs(t, err, transport.ErrHTTP2)
		require.NoError(t, conn.Close())
		require.ErrorIs(t, writeUntilItFails(t, conn), transport.ErrHTTP2)
	})
}

// What a server of HTTP/1 says is read whole, also when writing has failed before.
func TestWordsOfHTTP1AreKept(t *testing.T) {
	for _, words := range []string{"", "H", "HTTP/1.1 400 Bad Request\r\n\r\n", string(make([]byte, 5000))} {
		conn := dialTo(t, words)
		require.NotErrorIs(t, writeUntilItFails(t, conn), transport.ErrHTTP2)
		heard := make([]byte, 0, len(words))
		for part := make([]byte, 7); ; {
			n, err := conn.Read(part)
			heard = append(heard, part[:n]...)
			if err != nil {
				break // the end, or a reset: the server did not read what was written
			}
		}
		assert.Equal(t, words, string(heard))
	}
}
