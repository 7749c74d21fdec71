package websocket

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

func dial(t *testing.T, handler http.HandlerFunc) (transport.Conn, error) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	dialer := NewDialer(transport.Endpoint{Host: strings.TrimPrefix(server.URL, "http://"), Path: "/ws?x=1"}, transport.Security{})
	conn, err := dialer.Dial(t.Context(), "AT_1_2")
	if err == nil {
		t.Cleanup(conn.Abort)
	}
	return conn, err
}

// accept upgrades with a subprotocol, or without.
func accept(t *testing.T, w http.ResponseWriter, r *http.Request, subprotocols ...string) *websocket.Conn {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: subprotocols})
	assert.NoError(t, err)
	return socket
}

// SF-1, SF-2: what the upgrade request carries.
func TestUpgradeRequest(t *testing.T) {
	requests := make(chan *http.Request, 1)
	_, err := dial(t, func(w http.ResponseWriter, r *http.Request) {
		requests <- r
		accept(t, w, r, subprotocol)
	})
	require.NoError(t, err)
	request := <-requests
	assert.Equal(t, "/ws?x=1", request.RequestURI)
	assert.Equal(t, "Bearer AT_1_2", request.Header.Get("Authorization"))
	assert.Equal(t, "fastpubsub.v1", request.Header.Get("Sec-WebSocket-Protocol"))
}

// A server that speaks WebSocket but not the protocol.
func TestNoSubprotocol(t *testing.T) {
	_, err := dial(t, func(w http.ResponseWriter, r *http.Request) { accept(t, w, r) })
	assert.Equal(t, fault.Unreachable, fault.From(err).Reason)
	assert.False(t, fault.From(err).Retryable())
}

// SDK-19: the token goes nowhere but to the address that was given.
func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	_, err := dial(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	assert.Equal(t, fault.Unreachable, fault.From(err).Reason)
}

func TestTextMessagesAreNotPartOfTheProtocol(t *testing.T) {
	conn, err := dial(t, func(w http.ResponseWriter, r *http.Request) {
		socket := accept(t, w, r, subprotocol)
		assert.NoError(t, socket.Write(r.Context(), websocket.MessageText, []byte("hello")))
	})
	require.NoError(t, err)
	_, err = conn.Receive()
	assert.Equal(t, fault.ConnectionLost, fault.From(err).Reason)
}
