// Package testserver runs the server's binary for tests: real processes that can
// be drained, killed and started again.
package testserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Figures of a server's life.
const (
	readyTimeout = 30 * time.Second
	exitTimeout  = 60 * time.Second
	pollInterval = 2 * time.Millisecond
)

// Options are what a server is started with.
type Options struct {
	// Binary is the fastpubsub binary.
	Binary string
	// Args are more flags of "serve".
	Args []string
	// CPUs are those that the server may use, as "taskset -c" takes them, "0" or
	// "0,2-3"; empty: all.
	CPUs string
	// Log takes the server's standard error.
	Log io.Writer
}

// Server is a server process in development mode, on free ports of the loopback
// interface. Any goroutine may use it.
type Server struct {
	command *exec.Cmd
	dir     string
	exited  chan struct{} // closed once exit is set
	exit    error
	remove  sync.Once

	Endpoint
}

// Endpoint is where a server is, and what opens it.
type Endpoint struct {
	// HTTP and GRPC are the addresses, "127.0.0.1:port".
	HTTP string `json:"http"`
	GRPC string `json:"grpc"`
	// MasterToken opens the token API.
	MasterToken string `json:"master_token"`
	// AccessToken is for the tenants "my-tenant" and "~", every channel.
	AccessToken string `json:"access_token"`
}

// Build builds the binary into a directory and returns its path. race builds it
// with the race detector.
func Build(dir string, race bool) (string, error) {
	return build(dir, "server/cmd/fastpubsub", race)
}

// build builds the program in a folder of this module into a directory.
func build(dir, program string, race bool) (string, error) {
	binary := filepath.Join(dir, path.Base(program))
	args := []string{"build", "-o", binary}
	if race {
		args = append(args, "-race")
	}
	build := exec.Command("go", append(args, "github.com/fastpubsub/fastpubsub/"+program)...)
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", program, err, output)
	}
	return binary, nil
}

// Start starts a server and waits until it is ready.
func Start(o Options) (*Server, error) {
	dir, err := os.MkdirTemp("", "fastpubsub-server-")
	if err != nil {
		return nil, err
	}
	ready := filepath.Join(dir, "ready.json")
	args := []string{o.Binary, "serve", "--dev", "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--ready-file", ready}
	command, environment := Pinned(o.CPUs, append(args, o.Args...))
	s := &Server{dir: dir, command: exec.Command(command[0], command[1:]...), exited: make(chan struct{})}
	s.command.Env = append(os.Environ(), environment...)
	s.command.Stderr = o.Log
	if err := s.command.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	go func() {
		s.exit = s.command.Wait()
		close(s.exited)
	}()
	if err := s.awaitReady(ready); err != nil {
		s.Kill()
		return nil, err
	}
	return s, nil
}

func (s *Server) awaitReady(file string) error {
	timeout := time.NewTimer(readyTimeout)
	defer timeout.Stop()
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for {
		if data, err := os.ReadFile(file); err == nil {
			return json.Unmarshal(data, s)
		}
		select {
		case <-poll.C:
		case <-s.exited:
			return fmt.Errorf("the server ended before it was ready: %w", s.exit)
		case <-timeout.C:
			return fmt.Errorf("the server was not ready within %s", readyTimeout)
		}
	}
}

// Kill ends the process without a word, and waits until it is gone.
func (s *Server) Kill() {
	_ = s.command.Process.Kill() // fails only if it is gone
	<-s.exited
	s.forget()
}

// Drain asks the process to drain (SIGTERM) and does not wait.
func (s *Server) Drain() error { return s.command.Process.Signal(syscall.SIGTERM) }

// Wait waits until the process has exited by itself, and says how.
func (s *Server) Wait() error {
	timeout := time.NewTimer(exitTimeout)
	defer timeout.Stop()
	select {
	case <-s.exited:
		s.forget()
		return s.exit
	case <-timeout.C:
		s.Kill()
		return fmt.Errorf("the server did not exit within %s", exitTimeout)
	}
}

func (s *Server) forget() { s.remove.Do(func() { _ = os.RemoveAll(s.dir) }) }
