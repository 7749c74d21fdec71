package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// outcome is what a command that ended left behind.
type outcome struct {
	code           int
	stdout, stderr string
}

// invocation is a command in this process.
type invocation struct {
	args, environ []string
	stdin         string
}

func command(args ...string) invocation { return invocation{args: args} }

func (i invocation) with(variables ...string) invocation {
	i.environ = append(i.environ, variables...)
	return i
}

func (i invocation) input(text string) invocation {
	i.stdin = text
	return i
}

// run runs the command to its end.
func (i invocation) run(t *testing.T) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := Main(t.Context(), Process{
		Args: i.args, Environ: i.environ, Stdin: strings.NewReader(i.stdin), Stdout: &stdout, Stderr: &stderr,
	})
	return outcome{code, stdout.String(), stderr.String()}
}

// running is a command that has not ended.
type running struct {
	t              *testing.T
	signals        chan os.Signal
	stdin          *io.PipeWriter
	stdout, stderr *bufio.Reader
	code           chan int
	seen           strings.Builder // of stderr
}

// start starts the command. It is ended, at the latest, with the test.
func (i invocation) start(t *testing.T) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	inReader, inWriter := io.Pipe()
	outReader, outWriter := io.Pipe()
	errReader, errWriter := io.Pipe()
	r := &running{
		t: t, signals: make(chan os.Signal, 2), stdin: inWriter,
		stdout: bufio.NewReader(outReader), stderr: bufio.NewReader(errReader), code: make(chan int, 1),
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		code := Main(ctx, Process{
			Args: i.args, Environ: i.environ, Stdin: inReader, Stdout: outWriter, Stderr: errWriter, Signals: r.signals,
		})
		_ = outWriter.Close()
		_ = errWriter.Close()
		r.code <- code
	}()
	t.Cleanup(func() {
		cancel()
		_ = inWriter.Close()
		_ = outReader.Close()
		_ = errReader.Close()
		<-ended
	})
	return r
}

// line is the next line of standard output.
func (r *running) line() string {
	r.t.Helper()
	line, err := r.stdout.ReadString('\n')
	require.NoError(r.t, err, "standard error: %s", r.seen.String())
	return strings.TrimSuffix(line, "\n")
}

// says reads standard error up to a line with text, and returns the line.
func (r *running) says(text string) string {
	r.t.Helper()
	for {
		line, err := r.stderr.ReadString('\n')
		r.seen.WriteString(line)
		if strings.Contains(line, text) {
			return strings.TrimSuffix(line, "\n")
		}
		require.NoError(r.t, err, "waiting for %q; standard error: %s", text, r.seen.String())
	}
}

// ends reads what is left of standard error and returns the exit code.
func (r *running) ends() int {
	r.t.Helper()
	rest, err := io.ReadAll(r.stderr)
	require.NoError(r.t, err)
	r.seen.Write(rest)
	return <-r.code
}

// interrupt sends SIGINT.
func (r *running) interrupt() { r.signals <- os.Interrupt }
