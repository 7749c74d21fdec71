package cli

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// CL-6, CL-9: the ready file is there once both ports accept, for its owner only,
// and is removed at exit; the first SIGTERM drains, and a drained server ends
// with 0 (DL-10).
func TestServeUntilDrained(t *testing.T) {
	server := startDev(t)
	info, err := os.Stat(server.readyFile)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	assert.Equal(t, os.Getpid(), server.PID)
	assert.True(t, strings.HasPrefix(server.AccessToken, "AT_"))
	assert.GreaterOrEqual(t, len(server.MasterToken), 16)
	assert.Equal(t, "pong", get(t, "http://"+server.HTTP+"/ping"))
	connection, err := net.Dial("tcp", server.GRPC)
	require.NoError(t, err)
	require.NoError(t, connection.Close())
	others, err := filepath.Glob(filepath.Join(filepath.Dir(server.readyFile), ".*"))
	require.NoError(t, err)
	assert.Empty(t, others, "no temporary file stays")

	server.signals <- syscall.SIGTERM
	assert.Equal(t, exitDone, <-server.code)
	assert.NoFileExists(t, server.readyFile)
}

func get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url) //nolint:gosec,noctx // a test server
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(body)
}

// CL-5: --dev takes the configured master token.
func TestServeTakesTheConfiguredMasterToken(t *testing.T) {
	server := startDev(t, "--master-token=my-own-master-token")
	assert.Equal(t, "my-own-master-token", server.MasterToken)
}

func TestServeReplacesAnOldReadyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ready.json")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
	server := command("serve", "--dev", "--http-addr=127.0.0.1:0", "--grpc-addr=127.0.0.1:0", "--ready-file="+path).start(t)
	server.says("the ready file is written")
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestServeWithoutDev(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ready.json")
	server := command("serve", "--http-addr=127.0.0.1:0", "--grpc-addr=127.0.0.1:0", "--metrics-addr=127.0.0.1:0",
		"--data-dir="+t.TempDir(), "--ready-file="+path, "--log-format=json").
		with("FASTPUBSUB_MASTER_TOKEN=a-master-token-1,a-master-token-2").start(t)
	server.says("the ready file is written")
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.NotContains(t, string(content), "token")
	var read ready
	require.NoError(t, json.Unmarshal(content, &read))
	assert.Contains(t, get(t, "http://"+read.Metrics+"/metrics"), "fastpubsub_")
	for line := range strings.Lines(server.seen.String()) {
		assert.True(t, json.Valid([]byte(line)), line)
	}
	server.signals <- os.Interrupt
	assert.Equal(t, exitDone, server.ends())
	assert.NotContains(t, server.seen.String(), "a-master-token")
}

func TestServeThatCannot(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	got := command("serve", "--dev", "--grpc-addr=127.0.0.1:0", "--http-addr="+taken.Addr().String()).run(t)
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.stderr, "address already in use")
	assert.Contains(t, got.stderr, "port 0 picks a free one")

	got = command("serve", "--dev", "--grpc-addr=127.0.0.1:0", "--http-addr=127.0.0.1:0", "--ready-file=/nonexistent/ready.json").run(t)
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.stderr, "cannot write the ready file")
}

func TestServeEndsWithItsContext(t *testing.T) {
	server := startDev(t)
	server.signals <- os.Interrupt
	server.signals <- os.Interrupt
	assert.Contains(t, []int{exitDone, exitInterrupted}, <-server.code, "nobody is connected: it may be drained before the second signal")
	assert.NoFileExists(t, server.readyFile)
}
