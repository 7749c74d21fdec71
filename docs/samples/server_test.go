package samples

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	// Long enough for a busy machine; nothing waits that long otherwise.
	patience = 30 * time.Second
	// How often a file is looked for.
	tick = 10 * time.Millisecond
)

// programs are built once for all tests of this package.
type programs struct{ folder string }

func buildPrograms(t *testing.T) programs {
	t.Helper()
	folder := t.TempDir()
	for name, source := range map[string]string{
		"fastpubsub":       "../../server/cmd/fastpubsub",
		"sample-websocket": "./websocket",
		"sample-go":        "./go",
	} {
		out, err := exec.Command("go", "build", "-o", filepath.Join(folder, name), source).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	return programs{folder}
}

// devServer is "fastpubsub serve --dev" as a process of its own.
type devServer struct {
	programs    programs
	HTTP        string `json:"http"`
	GRPC        string `json:"grpc"`
	MasterToken string `json:"master_token"`
	AccessToken string `json:"access_token"`
}

// startServer serves until the test ends, and asserts that it then ends well.
func startServer(t *testing.T, programs programs) *devServer {
	t.Helper()
	readyFile := filepath.Join(t.TempDir(), "ready.json")
	var log bytes.Buffer
	process := exec.Command(filepath.Join(programs.folder, "fastpubsub"), "serve", "--dev",
		"--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--ready-file", readyFile)
	process.Env = environment()
	process.Stderr = &log
	require.NoError(t, process.Start())
	t.Cleanup(func() {
		require.NoError(t, process.Process.Signal(syscall.SIGTERM))
		assert.NoError(t, process.Wait(), "a drained server exits with 0")
		if t.Failed() {
			t.Log(log.String())
		}
	})
	server := &devServer{programs: programs}
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(readyFile)
		return err == nil && json.Unmarshal(text, server) == nil
	}, patience, tick, "the server is not ready")
	return server
}

// environment is the test's own, without settings of FastPubSub.
func environment(more ...string) []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "FASTPUBSUB_") {
			kept = append(kept, variable)
		}
	}
	return append(kept, more...)
}

// command prepares a sample with everything that the book tells its reader to
// set, and with time for a busy machine.
func (s *devServer) command(ctx context.Context, url, token, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, name, args...)
	command.Env = environment(
		"PATH="+s.programs.folder+string(os.PathListSeparator)+os.Getenv("PATH"),
		"FASTPUBSUB_SERVER=http://"+s.HTTP,
		"FASTPUBSUB_MASTER_TOKEN="+s.MasterToken,
		"FASTPUBSUB_URL="+url,
		"FASTPUBSUB_TOKEN="+token,
		"FASTPUBSUB_TIMEOUT="+patience.String(),
	)
	return command
}

// run runs a sample to its end and gives what it printed on standard output.
func (s *devServer) run(t *testing.T, url, token, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	command := s.command(ctx, url, token, name, args...)
	command.Stdout, command.Stderr = &stdout, &stderr
	require.NoError(t, command.Run(), "%s: %s%s", name, stdout.String(), stderr.String())
	return stdout.String()
}

func (s *devServer) webSocket() string { return "ws://" + s.HTTP + "/ws" }
func (s *devServer) grpc() string      { return "grpc://" + s.GRPC }
