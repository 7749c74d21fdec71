// Package proxytest shows that the transports go through the proxy of the
// environment. The environment is read once in a process, so this is a test
// program of its own.
package proxytest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/certtest"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/nodetest"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport/grpc"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport/websocket"
)

// host is a name that only the proxy knows.
const host = "server.invalid"

// proxy tunnels every CONNECT to one address.
type proxy struct {
	target  atomic.Pointer[string]
	tunnels atomic.Int64
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "tunnels only", http.StatusBadRequest)
		return
	}
	server, err := new(net.Dialer).DialContext(r.Context(), "tcp", *p.target.Load())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	client, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	p.tunnels.Add(1)
	_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(server, buffered); _ = server.Close() })
	both.Go(func() { _, _ = io.Copy(client, server); _ = client.Close() })
	both.Wait()
}

var (
	tunnel = &proxy{}
	server = httptest.NewServer(tunnel)
)

func TestMain(m *testing.M) {
	if err := os.Setenv("HTTPS_PROXY", server.URL); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// SDK-14: the proxy of the environment is used.
func TestProxyFromTheEnvironment(t *testing.T) {
	authority := certtest.NewAuthority(t)
	node := nodetest.NewCluster().NewNode("n")
	for _, address := range []string{
		node.ServeWebSocket(t, authority.Server(host)),
		node.ServeGRPC(t, authority.Server(host)),
	} {
		endpoint, err := transport.ParseEndpoint(address)
		require.NoError(t, err)
		target := endpoint.Host
		tunnel.target.Store(&target)
		endpoint.Host = net.JoinHostPort(host, "443")
		security := transport.Security{Roots: authority.Pool()}
		var dialer transport.Dialer = websocket.NewDialer(endpoint, security)
		if endpoint.Kind == transport.GRPC {
			dialer = grpc.NewDialer(endpoint, security)
		}
		before := tunnel.tunnels.Load()
		conn, err := dialer.Dial(t.Context(), "AT_1_2")
		require.NoError(t, err)
		_, err = conn.Receive()
		require.NoError(t, err)
		assert.Equal(t, before+1, tunnel.tunnels.Load())
		conn.Abort()
	}
}
