//go:build linux

package systems

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a server may take to start.
const patience = 30 * time.Second

// Process is a running server.
type Process struct {
	command *exec.Cmd
	dir     string // of its files, removed with it
	output  *bytes.Buffer
	ended   chan struct{}
}

// start starts a program with a directory of its own.
func start(cpus []int, prepare func(dir string) (*exec.Cmd, error)) (*Process, error) {
	dir, err := os.MkdirTemp("", "loadtest")
	if err != nil {
		return nil, err
	}
	p := &Process{dir: dir, output: new(bytes.Buffer), ended: make(chan struct{})}
	if p.command, err = prepare(dir); err == nil {
		p.command.Stdout, p.command.Stderr = p.output, p.output
		p.command.Dir = dir
		p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		err = startPinned(p.command, cpus)
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	go func() {
		_ = p.command.Wait() // how it ended is told by its output
		close(p.ended)
	}()
	return p, nil
}

// Stop kills the server and removes its files.
func (p *Process) Stop() {
	_ = p.command.Process.Kill()
	<-p.ended
	_ = os.RemoveAll(p.dir)
}

// await calls ready until it says yes.
func (p *Process) await(ready func() bool) error {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if ready() {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("the server ended at once: %s", p.output)
		case <-time.After(5 * time.Millisecond):
		}
	}
	return fmt.Errorf("the server was not ready within %v", patience)
}

// awaitFile waits for a file and reads it with read, which fails while it is not
// whole.
func (p *Process) awaitFile(pattern string, read func(data []byte) error) error {
	return p.await(func() bool {
		found, _ := filepath.Glob(filepath.Join(p.dir, pattern))
		if len(found) == 0 {
			return false
		}
		data, err := os.ReadFile(found[0])
		return err == nil && read(data) == nil
	})
}

// CPU is the processor time that the server has used, user and system, of all
// its threads.
func (p *Process) CPU() (time.Duration, error) {
	// The clock of another process, as clock_getcpuclockid(3) makes it.
	const scheduled = 2
	return processorTime(int32(^p.command.Process.Pid<<3 | scheduled))
}

// OwnCPU is the same of this program.
func OwnCPU() (time.Duration, error) { return processorTime(unix.CLOCK_PROCESS_CPUTIME_ID) }

// processorTime reads the clock of a process: nanoseconds instead of the ticks of 10 ms
// in /proc.
func processorTime(clock int32) (time.Duration, error) {
	var used unix.Timespec
	if err := unix.ClockGettime(clock, &used); err != nil {
		return 0, fmt.Errorf("the processor time of a process: %w", err)
	}
	return time.Duration(used.Nano()), nil
}

// Writes is how many system calls the server has made to write, vectored ones
// included.
func (p *Process) Writes() (int, error) { return p.number("io", "syscw:") }

// Resident is the server's resident memory in bytes.
func (p *Process) Resident() (int, error) {
	kib, err := p.number("status", "VmRSS:")
	return kib << 10, err
}

// ResetPeak lets Peak begin anew.
func (p *Process) ResetPeak() error {
	const resetPeak = "5" // see proc(5)
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.command.Process.Pid), []byte(resetPeak), 0)
}

// Peak is the most resident memory that the server has had, in bytes.
func (p *Process) Peak() (int, error) {
	kib, err := p.number("status", "VmHWM:")
	return kib << 10, err
}

// number is what a file of the server's in /proc says behind a word.
func (p *Process) number(file, word string) (int, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.command.Process.Pid, file))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, word); ok {
			return strconv.Atoi(strings.Fields(rest)[0])
		}
	}
	return 0, fmt.Errorf("no %s in /proc/%d/%s", word, p.command.Process.Pid, file)
}
