package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// binary is the program under test, built once for all tests of this package.
var binary string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (int, error) {
	folder, err := os.MkdirTemp("", "fastpubsub-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	binary = filepath.Join(folder, "fastpubsub")
	if output, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("cannot build the program: %w\n%s", err, output)
	}
	return m.Run(), nil
}

// environment is this process's without our variables, with more of them.
func environment(variables ...string) []string {
	var clean []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "FASTPUBSUB_") {
			clean = append(clean, entry)
		}
	}
	return append(clean, variables...)
}

// result is what a process that ended left behind.
type result struct {
	code           int
	stdout, stderr string
}

// run runs the program to its end.
func run(t *testing.T, variables []string, stdin string, args ...string) result {
	t.Helper()
	return finish(t, exec.CommandContext(t.Context(), binary, args...), variables, stdin)
}

// shell runs a line in a shell of another folder, as a person copies it.
func shell(t *testing.T, line string) result {
	t.Helper()
	c := exec.CommandContext(t.Context(), "sh", "-c", line)
	c.Dir = t.TempDir()
	return finish(t, c, nil, "")
}

func finish(t *testing.T, c *exec.Cmd, variables []string, stdin string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Env, c.Stdin, c.Stdout, c.Stderr = environment(variables...), strings.NewReader(stdin), &stdout, &stderr
	if err := c.Run(); err != nil {
		var ended *exec.ExitError
		require.ErrorAs(t, err, &ended)
	}
	return result{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// process is a running program.
type process struct {
	t              *testing.T
	command        *exec.Cmd
	stdout, stderr *bufio.Reader
	seen           strings.Builder // of standard error
	waited         bool
}

// start starts a command. It is killed, at the latest, with the test.
func start(t *testing.T, c *exec.Cmd, variables ...string) *process {
	t.Helper()
	c.Env = environment(variables...)
	stdout, err := c.StdoutPipe()
	require.NoError(t, err)
	stderr, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	p := &process{t: t, command: c, stdout: bufio.NewReader(stdout), stderr: bufio.NewReader(stderr)}
	t.Cleanup(func() {
		if !p.waited {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	})
	return p
}

// says reads standard error up to a line with text, and returns the line.
func (p *process) says(text string) string {
	p.t.Helper()
	for {
		line, err := p.stderr.ReadString('\n')
		p.seen.WriteString(line)
		if strings.Contains(line, text) {
			return strings.TrimSpace(line)
		}
		require.NoError(p.t, err, "waiting for %q; standard error: %s", text, p.seen.String())
	}
}

// line is the next line of standard output.
func (p *process) line() string {
	p.t.Helper()
	line, err := p.stdout.ReadString('\n')
	require.NoError(p.t, err)
	return strings.TrimSuffix(line, "\n")
}

func (p *process) signal(signal syscall.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.command.Process.Signal(signal))
}

// ends reads what is left of standard error and returns the exit code; -1 after
// a signal that killed.
func (p *process) ends() int {
	p.t.Helper()
	rest, err := io.ReadAll(p.stderr)
	require.NoError(p.t, err)
	p.seen.Write(rest)
	_, err = io.Copy(io.Discard, p.stdout)
	require.NoError(p.t, err)
	p.waited = true
	_ = p.command.Wait() // its error is the exit code
	return p.command.ProcessState.ExitCode()
}

// ready is what the ready file says.
type ready struct {
	HTTP        string `json:"http"`
	GRPC        string `json:"grpc"`
	PID         int    `json:"pid"`
	MasterToken string `json:"master_token"`
	AccessToken string `json:"access_token"`
}

// server is a running server of which the ready file is there.
type server struct {
	*process
	ready
	file string
}

const masterToken = "a-master-token-for-tests"

// serve starts a server on free ports.
func serve(t *testing.T, flags ...string) *server {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ready.json")
	args := append([]string{"serve", "--http-addr=127.0.0.1:0", "--grpc-addr=127.0.0.1:0", "--ready-file=" + file}, flags...)
	s := &server{process: start(t, exec.Command(binary, args...), "FASTPUBSUB_MASTER_TOKEN="+masterToken), file: file}
	s.says("the ready file is written")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &s.ready))
	return s
}

// variables lead a client to the server.
func (s *server) variables() []string {
	return []string{
		"FASTPUBSUB_URL=ws://" + s.HTTP + "/ws", "FASTPUBSUB_SERVER=http://" + s.HTTP,
		"FASTPUBSUB_TOKEN=" + s.AccessToken, "FASTPUBSUB_MASTER_TOKEN=" + s.MasterToken,
	}
}
