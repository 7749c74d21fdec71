package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/sdkbench"
)

func (o *options) occasion() *sdkbench.Occasion {
	return &sdkbench.Occasion{
		Date: time.Now(), Revision: revision(), Runs: o.runs,
		Machine: fmt.Sprintf("%s, %d cores, %s", cpuModel(), runtime.NumCPU(), runtime.GOOS),
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

// cpuModel is the name of the first CPU, or where the system does not say it, the
// architecture.
func cpuModel() string {
	data, _ := os.ReadFile("/proc/cpuinfo") // empty where there is none
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
