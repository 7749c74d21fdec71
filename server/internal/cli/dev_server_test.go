package cli

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// devServer is a server of --dev in this process.
type devServer struct {
	*running
	ready
	readyFile string
}

func startDev(t *testing.T, flags ...string) *devServer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ready.json")
	args := append([]string{"serve", "--dev", "--http-addr=127.0.0.1:0", "--grpc-addr=127.0.0.1:0", "--ready-file=" + path}, flags...)
	s := &devServer{running: command(args...).start(t), readyFile: path}
	s.says("the ready file is written")
	go func() { _, _ = io.Copy(io.Discard, s.stderr) }()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &s.ready))
	return s
}

// client is a client command that finds the server over WebSocket, and has time
// for a busy machine.
func (s *devServer) client(args ...string) invocation {
	return command(args...).with(
		"FASTPUBSUB_URL=ws://"+s.HTTP+"/ws", "FASTPUBSUB_TOKEN="+s.AccessToken,
		"FASTPUBSUB_SERVER=http://"+s.HTTP, "FASTPUBSUB_MASTER_TOKEN="+s.MasterToken, "FASTPUBSUB_TIMEOUT=1m",
	)
}

// overGRPC leads a client command to the server's gRPC port.
func (s *devServer) overGRPC(i invocation) invocation {
	return i.with("FASTPUBSUB_URL=grpc://"+s.GRPC, "FASTPUBSUB_SERVER=grpc://"+s.GRPC)
}

// subscriber starts sub and waits until it is subscribed.
func (s *devServer) subscriber(t *testing.T, args ...string) *running {
	t.Helper()
	r := s.client(append([]string{"sub"}, args...)...).start(t)
	r.says("subscribed to")
	return r
}
