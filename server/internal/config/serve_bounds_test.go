package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server"
)

// Every text that a setting accepts is one that the server accepts, too.
func TestBoundsAreTheServers(t *testing.T) {
	for _, flags := range [][]string{
		{"--keep-alive-interval=1s", "--auth-timeout=1s", "--drain-timeout=0", "--max-token-ttl=1s"},
		{"--max-tenant-bytes=1", "--max-channel-bytes=1", "--max-payload-bytes=1", "--max-queue-bytes=1KiB", "--max-queue-messages=1"},
		{"--max-tenant-bytes=65535", "--max-channel-bytes=65535", "--max-payload-bytes=16MiB", "--max-queue-bytes=1GiB"},
		{"--max-subscriptions=0", "--max-connections=0", "--max-connections-per-token=0", "--max-publishes-per-second=0"},
	} {
		serve, _, _, err := serveWith(t, append(flags, "--dev", "--master-token="+someToken, "--http-addr=127.0.0.1:0", "--grpc-addr=127.0.0.1:0")...)
		require.NoError(t, err, flags)
		started, err := server.New(serve.Server)
		require.NoError(t, err, flags)
		assert.NoError(t, started.Close())
	}
}
