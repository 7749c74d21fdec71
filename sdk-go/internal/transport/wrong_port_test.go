package transport_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/certtest"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/nodetest"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// hostOf is the host and the port of an address.
func hostOf(t *testing.T, address string) string {
	t.Helper()
	endpoint, err := transport.ParseEndpoint(address)
	require.NoError(t, err)
	return endpoint.Host
}

// hangUp serves connections that end after the first bytes of the client.
func hangUp(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 64<<10))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return listener.Addr().String()
}

// SDK-12: a port that speaks something else than the address says is named, with
// what to use; another attempt does not mend it.
func TestWrongPort(t *testing.T) {
	node, authority := nodetest.NewCluster().NewNode("n"), certtest.NewAuthority(t)
	socket, stream := hostOf(t, node.ServeWebSocket(t, nil)), hostOf(t, node.ServeGRPC(t, nil))
	socketTLS := hostOf(t, node.ServeWebSocket(t, authority.Server()))
	for address, want := range map[string]string{
		"wss://" + socket:      "this port speaks no TLS; use ws://",
		"grpcs://" + socket:    "this port speaks no TLS; use grpc://",
		"grpc://" + socket:     "this port speaks HTTP/1.1 and no gRPC; use the server's gRPC port, or ws://",
		"ws://" + stream:       "this port speaks gRPC without TLS; use grpc://",
		"wss://" + stream:      "this port speaks gRPC without TLS; use grpc://",
		"grpcs://" + stream:    "this port speaks gRPC without TLS; use grpc://",
		"ws://" + socketTLS:    "this port speaks TLS; use wss://",
		"grpcs://" + socketTLS: "this port speaks HTTP/1.1 and no gRPC; use the server's gRPC port, or wss://",
	} {
		_, err := dial(t.Context(), t, address, transport.Security{Roots: authority.Pool()})
		require.ErrorContains(t, err, want, address)
		assert.Equal(t, fault.Unreachable, fault.From(err).Reason, address)
		assert.False(t, fault.From(err).Retryable(), address)
		assert.NotContains(t, err.Error(), `\x00`, address)
	}
}

// A server that hangs up may be one with TLS, or one that starts or ends: another
// attempt may mend it.
func TestServerThatHangsUp(t *testing.T) {
	node, authority := nodetest.NewCluster().NewNode("n"), certtest.NewAuthority(t)
	streamTLS, silent := hostOf(t, node.ServeGRPC(t, authority.Server())), hangUp(t)
	for address, want := range map[string]string{
		"ws://" + streamTLS:   "without an answer; if this port speaks TLS, use wss:// or grpcs://",
		"grpc://" + streamTLS: "without an answer; if this port speaks TLS, use grpcs://",
		"ws://" + silent:      "without an answer; if this port speaks TLS, use wss:// or grpcs://",
		"grpc://" + silent:    "without an answer; if this port speaks TLS, use grpcs://",
		"wss://" + streamTLS:  "without an answer; if this is its gRPC port, use grpcs://",
		"wss://" + silent:     "without an answer; if this is its gRPC port, use grpcs://",
		"grpcs://" + silent:   "without an answer: ",
	} {
		_, err := dial(t.Context(), t, address, transport.Security{Roots: authority.Pool()})
		require.ErrorContains(t, err, want, address)
		assert.True(t, fault.From(err).Retryable(), address)
	}
}

// SDK-12, SDK-14: a server that wants a certificate of the client says so.
func TestClientCertificateDemanded(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		authority := certtest.NewAuthority(t)
		strange := certtest.NewAuthority(t).Issue()
		address := serve(nodetest.NewCluster().NewNode("n"), authority.DemandingServer())
		for _, security := range []transport.Security{{Roots: authority.Pool()}, {Roots: authority.Pool(), Certificate: &strange}} {
			_, err := dial(t.Context(), t, address, security)
			require.ErrorContains(t, err, "the server demands a client certificate and got none that it accepts")
		}
	})
}

// SDK-19: the query of an address may be a secret.
func TestErrorsDoNotRepeatTheAddress(t *testing.T) {
	_, err := dial(t.Context(), t, "ws://"+hangUp(t)+"/?key=hidden", transport.Security{})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "hidden")
}

func TestWrongPortOfAnAnswer(t *testing.T) {
	plain, secure := transport.Peer{Scheme: "http", Host: "h:1"}, transport.Peer{Scheme: "https", Host: "h:1"}
	answer := func(status int, kind, body string) *http.Response {
		recorder := httptest.NewRecorder()
		recorder.Header().Set("Content-Type", kind)
		recorder.WriteHeader(status)
		_, _ = io.WriteString(recorder, body)
		return recorder.Result()
	}
	const hint = "The plain HTTP request was sent to HTTPS port"
	for name, c := range map[string]struct {
		peer   transport.Peer
		answer *http.Response
		want   string
	}{
		"TLS":               {plain, answer(400, "text/html", hint), "use https://"},
		"TLS already":       {secure, answer(400, "text/html", hint), ""},
		"a refusal of ours": {plain, answer(400, "application/problem+json", hint), ""},
		"another refusal":   {plain, answer(400, "text/plain", "Bad Request"), ""},
		"gRPC":              {secure, answer(415, "application/grpc", ""), "use grpcs://"},
		"gRPC without TLS":  {plain, answer(415, "application/grpc+proto", ""), "use grpc://"},
		"another medium":    {plain, answer(415, "text/plain", ""), ""},
	} {
		wrong := transport.WrongPort(c.peer, c.answer)
		if c.want == "" {
			assert.Nil(t, wrong, name)
			continue
		}
		require.NotNil(t, wrong, name)
		assert.Equal(t, "cannot connect to h:1", strings.Join(strings.Split(wrong.Text, ":")[:2], ":"), name)
		assert.Contains(t, wrong.Text, c.want, name)
		assert.False(t, wrong.Retryable(), name)
	}
}
