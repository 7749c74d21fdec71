package grpc_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
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
	inBubble(t, func(t *testing.T, _ *rpctest.Fixture, conn net.Conn) {
		began := time.Now()
		greet(t, conn)
		_, err := io.Copy(io.Discard, conn)
		require.NoError(t, err, "the server closes it")
		assert.Equal(t, 10*time.Second, time.Since(began))
	})
	inBubble(t, func(t *testing.T, f *rpctest.Fixture, conn net.Conn) {
		framer := rawSession(t, conn, f.TokenForAll(t))
		_, closed := endings(framer)
		time.Sleep(15 * time.Second)
		assert.Empty(t, closed, "a connection with a call stays")
		assert.Equal(t, 1, f.Registry.Count())
		require.NoError(t, conn.Close())
		<-closed
	})
}
