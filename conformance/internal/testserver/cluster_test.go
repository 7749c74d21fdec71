package testserver

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// patience is how long what must come is waited for.
const patience = time.Minute

func connect(t *testing.T, n *ClusterNode, token string) *fastpubsub.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client, err := fastpubsub.Connect(ctx, "grpc://"+n.GRPC, fastpubsub.WithToken(token))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, client.Close(context.Background())) })
	return client
}

// TestCluster passes a message from one server to another, with the token of the
// first, and drains one without the other.
func TestCluster(t *testing.T) {
	binary, err := BuildCluster(t.TempDir(), false)
	require.NoError(t, err)
	cluster, err := StartCluster(ClusterOptions{Binary: binary, Args: []string{"-drain-timeout", "0s"}, Log: t.Output()})
	require.NoError(t, err)
	t.Cleanup(cluster.Kill)
	first, err := cluster.StartNode()
	require.NoError(t, err)
	second, err := cluster.StartNode()
	require.NoError(t, err)
	require.NotEqual(t, first.HTTP, second.HTTP)

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	sub, err := connect(t, second, first.AccessToken).Subscribe(ctx, "my-tenant", "a")
	require.NoError(t, err)
	require.NoError(t, connect(t, first, first.AccessToken).Publish(ctx, "my-tenant", "a", []byte("across")))
	for message, err := range sub.Messages(ctx) {
		require.NoError(t, err)
		require.Equal(t, "across", string(message.Payload))
		break
	}

	require.NoError(t, first.Drain())
	require.NoError(t, first.Wait())
	third, err := cluster.StartNode()
	require.NoError(t, err)
	connect(t, third, first.AccessToken)
	cluster.Kill()
	require.ErrorContains(t, third.Wait(), "the cluster's process has ended")
	_, err = cluster.StartNode()
	require.Error(t, err)
}

// TestClusterThatDies says why no server can be started.
func TestClusterThatDies(t *testing.T) {
	for script, why := range map[string]string{"read command; exit 3": "exit status 3", "read command; echo nonsense; read command": `it said "nonsense"`} {
		cluster, err := StartCluster(ClusterOptions{Binary: "/bin/sh", Args: []string{"-c", script}, Log: t.Output()})
		require.NoError(t, err)
		_, err = cluster.StartNode()
		require.ErrorContains(t, err, why)
		cluster.Kill()
	}
}
