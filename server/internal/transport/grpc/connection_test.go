package grpc_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func TestTLS(t *testing.T) { // OP-6
	own, pool := rpctest.Certificate(t)
	f := rpctest.New(t)
	o := options(f)
	o.TLS = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	trusting := grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}))
	n := onLoopback(t, f, o, trusting)
	c := n.open(t, t.Context(), n.TokenForAll(t))
	c.ping(1)
	require.Equal(t, []uint64{1}, c.next().GetSuccess().GetRequestIds())
}

// greet speaks HTTP/2 on a connection up to the settings.
func greet(t *testing.T, conn net.Conn) {
	t.Helper()
	_, err := io.WriteString(conn, http2.ClientPreface)
	require.NoError(t, err)
	require.NoError(t, http2.NewFramer(conn, nil).WriteSettings())
}

func TestConnectionWithoutCallsIsClosed(t *testing.T) { // LM-9
	f := rpctest.New(t)
	o := options(f)
	o.AuthTimeout = 50 * time.Millisecond
	n := onLoopback(t, f, o, plain())
	silent, err := net.Dial("tcp", n.conn.Target())
	require.NoError(t, err)
	defer silent.Close()
	greet(t, silent)
	require.NoError(t, silent.SetReadDeadline(time.Now().Add(waitTime)))
	_, err = io.Copy(io.Discard, silent)
	require.NoError(t, err, "the server closes it")

	busy := n.open(t, t.Context(), n.TokenForAll(t))
	_, err = io.Copy(io.Discard, mustDial(t, n.conn.Target())) // as long as the timeout, at least
	require.NoError(t, err)
	busy.ping(1)
	require.Equal(t, []uint64{1}, busy.next().GetSuccess().GetRequestIds(), "a connection with a call stays")
}

func mustDial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	greet(t, conn)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(waitTime)))
	return conn
}
