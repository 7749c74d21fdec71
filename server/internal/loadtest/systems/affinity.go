//go:build linux

package systems

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// AllowedCPUs lists the CPUs that this process may use.
func AllowedCPUs() ([]int, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, fmt.Errorf("sched_getaffinity: %w", err)
	}
	var cpus []int
	for cpu := range 8 * len(set) * 8 {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	return cpus, nil
}

func setOf(cpus []int) *unix.CPUSet {
	set := new(unix.CPUSet)
	for _, cpu := range cpus {
		set.Set(cpu)
	}
	return set
}

// pinned names the variable that marks a process that has bound itself.
const pinned = "LOADTEST_PINNED"

// PinSelf binds this program to CPUs. Threads keep what they began with, so the
// program starts itself anew.
func PinSelf(cpus []int) error {
	if os.Getenv(pinned) != "" {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	if err := unix.SchedSetaffinity(0, setOf(cpus)); err != nil {
		return fmt.Errorf("sched_setaffinity: %w", err)
	}
	env := append(os.Environ(), pinned+"=1", "GOMAXPROCS="+strconv.Itoa(len(cpus)))
	return unix.Exec(self, os.Args, env)
}

// startPinned starts a command on CPUs: a child begins on those of the thread
// that starts it.
func startPinned(command *exec.Cmd, cpus []int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	if err := unix.SchedSetaffinity(0, setOf(cpus)); err != nil {
		return fmt.Errorf("sched_setaffinity: %w", err)
	}
	defer func() { _ = unix.SchedSetaffinity(0, &before) }() // what it was before is allowed
	if command.Env == nil {
		command.Env = os.Environ()
	}
	command.Env = slices.DeleteFunc(command.Env, func(v string) bool { return len(v) > 11 && v[:11] == "GOMAXPROCS=" })
	return command.Start()
}
