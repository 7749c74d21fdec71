package grpc_test

import (
	"bytes"
	"context"
	"io"
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
	_, err := io.WriteString(conn, http2.ClientPreface)
	require.NoError(t, err)
	framer := http2.NewFramer(conn, conn)
	require.NoError(t, framer.WriteSettings())
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, header := range [][2]string{
		{":method", "POST"}, {":scheme", "http"}, {":path", "/fastpubsub.v1.PubSubService/Session"}, {":authority", "node"},
		{"content-type", "application/grpc"}, {"te", "trailers"}, {"authorization", "Bearer " + token},
	} {
		require.NoError(t, encoder.WriteField(hpack.HeaderField{Name: header[0], Value: header[1]}))
	}
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true}))
	return framer
}

// inBubble runs a test with a server whose time is fake.
func inBubble(t *testing.T, test func(t *testing.T, f *rpctest.Fixture, conn net.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		f := rpctest.New(t)
		server := transport.New(options(f))
		l := bufconn.Listen(1 << 16)
		served := make(chan error, 1)
		go func() { served <- server.Serve(l) }()
		conn, err := l.DialContext(t.Context())
		require.NoError(t, err)
		test(t, f, conn)
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
