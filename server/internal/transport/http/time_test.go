package http_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	transport "github.com/fastpubsub/fastpubsub/server/internal/transport/http"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

// inBubble runs a test with a server whose time is fake.
func inBubble(t *testing.T, test func(t *testing.T, n *node, dial func(context.Context) (net.Conn, error)), settings ...rpctest.Option) {
	synctest.Test(t, func(t *testing.T) {
		f := rpctest.New(t, settings...)
		server, dial, stop := serveInMemory(t, options(f))
		defer func() {
			f.Registry.EndAll()
			stop()
		}()
		n := &node{Fixture: f, server: server, url: "http://node", http1: client(t, (*http.Protocols).SetHTTP1), http2: client(t, (*http.Protocols).SetUnencryptedHTTP2)}
		for _, c := range []*http.Client{n.http1, n.http2} {
			roundTripper := c.Transport.(*http.Transport)
			roundTripper.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }
			defer roundTripper.CloseIdleConnections()
		}
		test(t, n, dial)
	})
}

// serveInMemory serves connections that dial makes, until stop.
func serveInMemory(t *testing.T, o transport.Options) (server *transport.Server, dial func(context.Context) (net.Conn, error), stop func()) {
	server, l := transport.NewServer(transport.NewHandler(o), serverOptions), rpctest.Listen()
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	return server, l.Dial, func() {
		server.Stop(context.Background())
		require.NoError(t, <-served)
	}
}

func TestRequestsMustComeInTime(t *testing.T) { // LM-9
	for name, test := range map[string]struct {
		sent    string
		seconds float64
		status  int // 0: none
	}{
		"nothing":     {"", 10, 0},
		"headers":     {"POST /v1/get-token HTTP/1.1\r\nHost: node\r\n", 10, 0},
		"half a body": {"POST /v1/get-token HTTP/1.1\r\nHost: node\r\nContent-Length: 100\r\nAuthorization: Bearer " + rpctest.MasterToken + "\r\n\r\n{", 30, http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, _ *node, dial func(context.Context) (net.Conn, error)) {
				start := time.Now()
				conn, err := dial(t.Context())
				require.NoError(t, err)
				_, err = io.WriteString(conn, test.sent)
				require.NoError(t, err)
				reader := bufio.NewReader(conn)
				if test.status == 0 {
					_, _ = io.Copy(io.Discard, reader)
				} else {
					response, err := http.ReadResponse(reader, nil)
					require.NoError(t, err)
					body, err := io.ReadAll(response.Body)
					require.NoError(t, err)
					answer{response.StatusCode, response.Header, string(body)}.problem(t, test.status, apierror.RequestInvalid)
				}
				assert.InDelta(t, test.seconds, time.Since(start).Seconds(), 1)
				require.NoError(t, conn.Close())
			})
		})
	}
}

// An upgrade whose body does not come holds nobody up for ever.
func TestUpgradesMustComeInTime(t *testing.T) { // LM-9
	synctest.Test(t, func(t *testing.T) {
		o := options(rpctest.New(t))
		o.WebSocket = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusSwitchingProtocols)
			conn, _, err := http.NewResponseController(w).Hijack()
			if assert.NoError(t, err) {
				time.Sleep(time.Hour) // the deadline was the request's
				_, err = io.WriteString(conn, "still here")
				assert.NoError(t, err)
				_ = conn.Close()
			}
		})
		_, dial, stop := serveInMemory(t, o)
		defer stop()
		conn, err := dial(t.Context())
		require.NoError(t, err)
		start := time.Now()
		_, err = io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 100\r\n\r\n")
		require.NoError(t, err)
		reader := bufio.NewReader(conn)
		response, err := http.ReadResponse(reader, nil)
		require.NoError(t, err)
		assert.Equal(t, http.StatusSwitchingProtocols, response.StatusCode)
		assert.InDelta(t, 30, time.Since(start).Seconds(), 1)
		rest, err := io.ReadAll(reader)
		require.NoError(t, err)
		assert.Equal(t, "still here", string(rest))
	})
}

func TestStreamsAreNotCut(t *testing.T) {
	for _, p := range []protocol{protocols[0], protocols[1], protocols[3], protocols[5]} {
		t.Run(p.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, n *node, _ func(context.Context) (net.Conn, error)) {
				token := n.TokenForAll(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				stream, err := n.pubsub(p).Subscribe(ctx, with(token, &fastpubsubv1.SubscribeRequest{Tenant: "t1", Patterns: []string{"a"}}))
				require.NoError(t, err)
				require.True(t, stream.Receive(), stream.Err())
				for range 3 {
					time.Sleep(15 * time.Minute)
					_, err = n.pubsub(p).Publish(ctx, with(token, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"}))
					require.NoError(t, err)
					require.True(t, stream.Receive(), stream.Err())
				}
				time.Sleep(20 * time.Minute) // the token lasts an hour (TK-9)
				for stream.Receive() {       //nolint:revive // until it ends
				}
				requireReason(t, apierror.TokenExpired, stream.Err())
			})
		})
	}
}

func TestSessionsMayBeSilent(t *testing.T) {
	inBubble(t, func(t *testing.T, n *node, _ func(context.Context) (net.Conn, error)) {
		stream := n.session(t, t.Context(), bidirectional()[0], n.TokenForAll(t))
		time.Sleep(50 * time.Minute)
		require.NoError(t, stream.Send(ping(1)))
		response, err := stream.Receive()
		require.NoError(t, err)
		assert.Equal(t, []uint64{1}, response.GetSuccess().GetRequestIds())
		require.NoError(t, stream.CloseRequest())
		_, err = stream.Receive()
		require.ErrorIs(t, err, io.EOF)
		require.NoError(t, stream.CloseResponse())
	})
}
