package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	"github.com/fastpubsub/fastpubsub/server"
)

// member runs a server of a cluster.
func member(t *testing.T, cluster *server.Cluster, name string) (s *server.Server, ended <-chan error) {
	t.Helper()
	c := testConfig()
	c.NodeName, c.DrainTimeout = name, 0
	s, err := cluster.New(c)
	require.NoError(t, err)
	return s, serve(t, s)
}

// TestCluster lets what is published at one server reach the subscribers of
// another, on every wire, with one token, which the store of the cluster keeps when
// the server that made it has ended (DL-5).
func TestCluster(t *testing.T) {
	cluster := server.NewCluster()
	first, ended := member(t, cluster, "first")
	second, _ := member(t, cluster, "second")
	token := createToken(t, first, grant("t", "#", "#"))
	writer := newSessionWire(t, dialGRPCSession(t, first, token))
	inboxes := subscribers(t, second, token)
	require.Empty(t, writer.publish(t, "t", "a.b", []byte("across")))
	for name, take := range inboxes {
		assert.Contains(t, take(t), "across", name)
	}

	first.Drain()
	require.NoError(t, <-ended)
	third, _ := member(t, cluster, "first")
	writer = newSessionWire(t, dialGRPCSession(t, third, token))
	require.Empty(t, writer.publish(t, "t", "a.b", []byte("again")))
	for name, take := range inboxes {
		assert.Contains(t, take(t), "again", name)
	}
}

// TestRevokedInACluster ends the connections to every server (TK-10).
func TestRevokedInACluster(t *testing.T) {
	cluster := server.NewCluster()
	first, _ := member(t, cluster, "first")
	second, _ := member(t, cluster, "second")
	token := createToken(t, first, grant("t", "#", "#"))
	onWebSocket := newSessionWire(t, webSocketFrames{dialWebSocket(t, second, token, "fastpubsub.v1")})
	onGRPC := dialGRPCSession(t, second, token)
	newSessionWire(t, onGRPC)
	began := time.Now()
	code, answer := rest(t, first, http.MethodDelete, "/v1/revoke-token", masterToken, `{"token":"`+token+`"}`)
	require.Equal(t, http.StatusOK, code, answer)
	assertClosed(t, map[string]closing{
		"websocket": closingWebSocket(onWebSocket.frames.(webSocketFrames).Conn), "grpc": closingGRPC(onGRPC),
	}, "TOKEN_REVOKED", int(websocket.StatusPolicyViolation), codes.Unauthenticated)
	assert.Less(t, time.Since(began), atOnce)
}

// TestClusterRefuses a server without a name of its own, or with a store of its
// own.
func TestClusterRefuses(t *testing.T) {
	cluster := server.NewCluster()
	member(t, cluster, "taken")
	c := testConfig()
	c.DataDir = "data"
	_, err := cluster.New(c)
	require.ErrorContains(t, err, "NodeName: got none")
	require.ErrorContains(t, err, "DataDir: got data")
	c.NodeName, c.DataDir = "taken", ""
	_, err = cluster.New(c)
	require.ErrorContains(t, err, `a node "taken" is on the bus already`)
}
