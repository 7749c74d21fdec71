//go:build linux

package main

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/report"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/workload"
)

// placeVariable hands the CPUs that were allowed at first to the program that
// starts itself anew on one of them.
const placeVariable = "LOADTEST_CPUS"

// bind binds this program to the last CPU and says which are the server's.
func bind() (workload.Place, error) {
	if text := os.Getenv(placeVariable); text != "" {
		return placeOf(text)
	}
	place, err := pinning()
	if err != nil {
		return place, err
	}
	var words []string
	for _, cpu := range place.All {
		words = append(words, strconv.Itoa(cpu))
	}
	if err := os.Setenv(placeVariable, strings.Join(words, ",")); err != nil {
		return place, err
	}
	return place, systems.PinSelf(place.All[len(place.All)-1:])
}

func placeOf(text string) (workload.Place, error) {
	var place workload.Place
	for word := range strings.SplitSeq(text, ",") {
		cpu, err := strconv.Atoi(word)
		if err != nil {
			return place, err
		}
		place.All = append(place.All, cpu)
	}
	place.Server = place.All[:1]
	return place, nil
}

func newResult(s settings) *report.Result {
	return &report.Result{
		Date: time.Now().UTC().Truncate(time.Second), Revision: revision(), Machine: machine(),
		Versions: map[string]string{}, Titles: map[string]string{}, Rounds: s.rounds, Scale: s.scale,
	}
}

// revision is what git calls the tree; empty without git.
func revision() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func machine() report.Machine {
	m := report.Machine{CPU: cpuModel(), Cores: runtime.NumCPU(), Go: runtime.Version()}
	if words := os.Getenv(placeVariable); words != "" {
		m.Cores = strings.Count(words, ",") + 1
	}
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) == nil {
		m.Memory = int(info.Totalram * uint64(info.Unit) >> 20)
	}
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		m.System = unix.ByteSliceToString(name.Sysname[:]) + " " + kernelVersion(unix.ByteSliceToString(name.Release[:]))
	}
	return m
}

// kernelVersion leaves out what a distribution or a host adds to the version.
func kernelVersion(release string) string {
	version, _, _ := strings.Cut(release, "-")
	return version
}

// cpuModel is the name of the first CPU.
func cpuModel() string {
	data, _ := os.ReadFile("/proc/cpuinfo") // empty where there is none
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
