package http_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	transport "github.com/fastpubsub/fastpubsub/server/internal/transport/http"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// node is a server on a loopback port, and clients of it.
type node struct {
	*rpctest.Fixture
	server *transport.Server
	url    string
	http1  *http.Client
	http2  *http.Client // h2c
}

func options(f *rpctest.Fixture) transport.Options {
	return transport.Options{
		PubSub: f.PubSub, Tokens: f.Tokens, Admin: f.Admin, Logger: rpctest.Silent(),
		WebSocket: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }),
		IsUpgrade: func(r *http.Request) bool { return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") },
		Readiness: func(context.Context) error { return nil },
		Gatherer:  f.Metrics.Gatherer(),
	}
}

var serverOptions = transport.ServerOptions{HeaderTimeout: 10 * time.Second, KeepAlive: 20 * time.Second, Logger: rpctest.Silent()}

func newNode(t *testing.T, settings ...rpctest.Option) *node {
	t.Helper()
	f := rpctest.New(t, settings...)
	return start(t, f, options(f), serverOptions)
}

func start(t *testing.T, f *rpctest.Fixture, o transport.Options, so transport.ServerOptions) *node {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	n := &node{Fixture: f, server: transport.NewServer(transport.NewHandler(o), so), url: "http://" + l.Addr().String()}
	if so.TLS != nil {
		n.url = "https://" + l.Addr().String()
	}
	n.http1, n.http2 = client(t, (*http.Protocols).SetHTTP1), client(t, (*http.Protocols).SetUnencryptedHTTP2)
	served := make(chan error, 1)
	go func() { served <- n.server.Serve(l) }()
	t.Cleanup(func() {
		f.Registry.EndAll()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		n.server.Stop(ctx)
		require.NoError(t, <-served)
	})
	return n
}

// client is a client that speaks one version of HTTP only.
func client(t *testing.T, version func(*http.Protocols, bool)) *http.Client {
	protocols := new(http.Protocols)
	version(protocols, true)
	roundTripper := &http.Transport{Protocols: protocols, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
	t.Cleanup(roundTripper.CloseIdleConnections)
	return &http.Client{Transport: roundTripper}
}

// request is one HTTP request as curl would make it.
type request struct {
	method, path, body string
	header             map[string]string
}

func withMaster(method, path, body string) request {
	return request{method, path, body, map[string]string{"Authorization": "Bearer " + rpctest.MasterToken}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (n *node) do(t *testing.T, r request) answer {
	t.Helper()
	made, err := http.NewRequestWithContext(t.Context(), r.method, n.url+r.path, strings.NewReader(r.body))
	require.NoError(t, err)
	if r.body != "" {
		made.Header.Set("Content-Type", "application/x-www-form-urlencoded") // what curl -d says
	}
	for name, value := range r.header {
		made.Header.Set(name, value)
	}
	response, err := n.http1.Do(made)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return answer{response.StatusCode, response.Header, string(body)}
}

func (n *node) get(t *testing.T, path string) answer {
	t.Helper()
	return n.do(t, request{method: http.MethodGet, path: path})
}

// problem is the body of an answer that must be a problem document.
func (a answer) problem(t *testing.T, status int, reason apierror.Reason) apierror.Problem {
	t.Helper()
	require.Equal(t, status, a.status, a.body)
	require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
	var problem apierror.Problem
	require.NoError(t, json.Unmarshal([]byte(a.body), &problem))
	require.Equal(t, apierror.Name(reason), problem.Reason, problem.Detail)
	require.Equal(t, status, problem.Status)
	require.Equal(t, http.StatusText(status), problem.Title)
	require.NotEmpty(t, problem.Detail)
	return problem
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Equal(t, "application/json", a.header.Get("Content-Type"))
	var value map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &value))
	return value
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
