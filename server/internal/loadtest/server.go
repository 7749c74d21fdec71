package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ticks per second of the kernel's process accounting (USER_HZ, 100 on Linux).
const ticks = 100

// server is a server process of the run's own.
type server struct {
	command *exec.Cmd
	dir     string

	HTTP        string `json:"http"`
	GRPC        string `json:"grpc"`
	PID         int    `json:"pid"`
	AccessToken string `json:"access_token"`
}

// startServer starts a server on free ports of the loopback interface, and waits
// until it is ready.
func startServer(binary, cores string) (*server, error) {
	dir, err := os.MkdirTemp("", "loadtest")
	if err != nil {
		return nil, err
	}
	if binary == "" {
		binary = filepath.Join(dir, "fastpubsub")
		build := exec.Command("go", "build", "-o", binary, "github.com/fastpubsub/fastpubsub/server/cmd/fastpubsub")
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building the server: %w\n%s", err, out)
		}
	}
	ready := filepath.Join(dir, "ready.json")
	args := []string{binary, "serve", "--dev", "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--ready-file", ready, "--log-level", "error"}
	if cores != "" {
		args = append([]string{"taskset", "-c", cores}, args...)
	}
	s := &server{dir: dir, command: exec.Command(args[0], args[1:]...)}
	if cores != "" {
		s.command.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(countCPUs(cores)))
	}
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	return s, s.awaitReady(ready)
}

func (s *server) awaitReady(file string) error {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if data, err := os.ReadFile(file); err == nil {
			return json.Unmarshal(data, s)
		}
	}
	s.stop()
	return fmt.Errorf("the server was not ready within 20 s")
}

func (s *server) stop() {
	_ = s.command.Process.Signal(syscall.SIGKILL)
	_ = s.command.Wait()
	_ = os.RemoveAll(s.dir)
}

// cpu is the processor time that the server has used.
func (s *server) cpu() (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.PID))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+2:]))
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / ticks, err
}

// rss is the server's resident memory in KiB; 0: unknown.
func (s *server) rss() int {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID))
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kib
		}
	}
	return 0
}

// pinSelf binds this program to CPUs by starting it again under taskset.
func pinSelf(cores string) error {
	const mark = "LOADTEST_PINNED"
	if cores == "" || os.Getenv(mark) != "" {
		return nil
	}
	tool, err := exec.LookPath("taskset")
	if err != nil {
		return err
	}
	env := append(os.Environ(), mark+"=1", "GOMAXPROCS="+strconv.Itoa(countCPUs(cores)))
	return syscall.Exec(tool, append([]string{tool, "-c", cores}, os.Args...), env)
}

// countCPUs counts a list like "0,2-3".
func countCPUs(list string) int {
	n := 0
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			n++
			continue
		}
		a, _ := strconv.Atoi(first)
		b, _ := strconv.Atoi(last)
		n += b - a + 1
	}
	return n
}
