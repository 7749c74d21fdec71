package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// CL-6, CL-9: the ready file comes and goes; a drained server ends with 0.
func TestServerDrainsOnSIGTERM(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		s := serve(t, "--dev")
		assert.Equal(t, s.command.Process.Pid, s.PID)
		s.signal(signal)
		assert.Equal(t, 0, s.ends(), s.seen.String())
		assert.NoFileExists(t, s.file)
	}
}

// CL-7: the data directory is private, and locked.
func TestTwoServersOnOneDataDirectory(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	serve(t, "--data-dir="+data)
	info, err := os.Stat(data)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())

	got := run(t, nil, "", "serve", "--dev", "--http-addr=127.0.0.1:0", "--grpc-addr=127.0.0.1:0", "--data-dir="+data)
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.stderr, data)
	assert.Contains(t, got.stderr, "another")
	assert.Empty(t, got.stdout)
}

// CL-15: wrong settings end with 2.
func TestWrongSettings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fastpubsub.yaml")
	require.NoError(t, os.WriteFile(file, []byte("region: eu\nhttp-adr: :1\n"), 0o600))
	for want, got := range map[string]result{
		"master-token: got nothing":          run(t, nil, "", "serve"),
		"unknown key http-adr at " + file:    run(t, nil, "", "serve", "--dev", "--config="+file),
		"unknown variable FASTPUBSUB_LOGLVL": run(t, []string{"FASTPUBSUB_LOGLVL=debug"}, "", "serve", "--dev"),
		"accepts debug, info, warn or error": run(t, nil, "", "serve", "--dev", "--log-level=loud"),
	} {
		assert.Equal(t, 2, got.code, want)
		assert.Contains(t, got.stderr, want)
		assert.Empty(t, got.stdout)
	}
}

func TestOutputThatNobodyReadsEndsTheProcess(t *testing.T) {
	got := exec.Command("sh", "-c", binary+" completion bash | head -n 1")
	output, err := got.Output()
	require.NoError(t, err)
	assert.Contains(t, string(output), "fastpubsub")
}
