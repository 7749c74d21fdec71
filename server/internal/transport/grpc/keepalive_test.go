package grpc_test

import (
	"bytes"
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/test/bufconn"

	transport "github.com/fastpubsub/fastpubsub/server/internal/transport/grpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

// rawSession opens a session by hand, on a connection that answers nothing by
// itself.
func rawSession(t *testing.T, conn net.Conn, token string) *http2.Framer {
	t.Helper()
	framer := rawConnection(t, conn)
	rawCall(t, framer, 1, "/fastpubsub.v1.PubSubService/Session", token)
	return framer
}

// rawConnection speaks HTTP/2 by hand.
func rawConnection(t *testing.T, conn net.Conn) *http2.Framer {
	t.Helper()
	greet(t, conn)
	return http2.NewFramer(conn, conn)
}

// rawCall begins a call, and sends no message. An empty token is not shown.
func rawCall(t *testing.T, framer *http2.Framer, stream uint32, path, token string) {
	t.Helper()
	headers := [][2]string{
		{":method", "POST"}, {":scheme", "http"}, {":path", path}, {":authority", "node"},
		{"content-type", "application/grpc"}, {"te", "trailers"},
	}
	if token != "" {
		headers = append(headers, [2]string{"authorization", "Bearer " + token})
	}
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	encoder.SetMaxDynamicTableSize(0) // each block stands by itself
	for _, header := range headers {
		require.NoError(t, encoder.WriteField(hpack.HeaderField{Name: header[0], Value: header[1]}))
	}
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndHeaders: true}))
}

// inBubble runs a test with a server whose time is fake.
func inBubble(t *testing.T, test func(t *testing.T, f *rpctest.Fixture, conn net.Conn)) {
	withServer(t, func(t *testing.T, f *rpctest.Fixture, conn net.Conn, _ *transport.Server) { test(t, f, conn) })
}

// withServer is inBubble for tests that use the server, too.
func withServer(t *testing.T, test func(t *testing.T, f *rpctest.Fixture, conn net.Conn, server *transport.Server)) {
	synctest.Test(t, func(t *testing.T) {
		f := rpctest.New(t)
		server := transport.New(options(f))
		l := bufconn.Listen(1 << 16)
		served := make(chan error, 1)
		go func() { served <- server.Serve(l) }()
		conn, err := l.DialContext(t.Context())
		require.NoError(t, err)
		test(t, f, conn, server)
		_ = conn.Close()
		f.Registry.EndAll()
		server.Stop(context.Background())
		require.NoError(t, <-served)
	})
}

func TestPeerThatMissesTwoPingsIsGone(t *testing.T) { // LM-10
	inBubble(t, func(t *testing.T, f *rpctest.Fixture, conn net.Conn) {
		start := time.Now()
		framer := rawSession(t, conn, f.TokenForAll(t))
		var pinged time.Duration
		for {
			frame, err := framer.ReadFrame()
			if err != nil {
				break
			}
			if ping, ok := frame.(*http2.PingFrame); ok && !ping.IsAck() {
				pinged = time.Since(start)
			}
		}
		assert.InDelta(t, 20, pinged.Seconds(), 1)
		assert.InDelta(t, 40, time.Since(start).Seconds(), 2)
		synctest.Wait()
		assert.Zero(t, f.Registry.Count())
	})
}

func TestClientsMayPingEveryTenSeconds(t *testing.T) { // LM-10
	inBubble(t, func(t *testing.T, f *rpctest.Fixture, conn net.Conn) {
		framer := rawSession(t, conn, f.TokenForAll(t))
		answered := 0
		reader := make(chan struct{})
		go func() {
			defer close(reader)
			for {
				frame, err := framer.ReadFrame()
				if err != nil {
					return
				}
				if ping, ok := frame.(*http2.PingFrame); ok && ping.IsAck() {
					answered++
				}
			}
		}()
		for range 30 {
			time.Sleep(10 * time.Second)
			require.NoError(t, framer.WritePing(false, [8]byte{}))
		}
		synctest.Wait()
		assert.Equal(t, 30, answered)
		assert.Equal(t, 1, f.Registry.Count())
		require.NoError(t, conn.Close())
		<-reader
	})
}
