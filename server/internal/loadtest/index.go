//go:build linux

package main

import (
	"errors"
	"fmt"
	"os/exec"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/report"
)

// indexPackage has the benchmarks of the subscription index.
const indexPackage = "github.com/fastpubsub/fastpubsub/server/internal/subindex"

// measureIndex runs the Go benchmarks of the index.
func (b *benchmark) measureIndex() {
	if !b.settings.index {
		return
	}
	test := exec.Command("go", "test", "-run", "^$", "-bench", "Match|Subscribe", "-benchmem", "-count", fmt.Sprint(b.settings.rounds), indexPackage)
	out, err := test.CombinedOutput()
	if err == nil {
		b.result.Index, err = report.ReadBenchmarks(string(out))
	} else {
		err = errors.New(string(out))
	}
	if err != nil {
		b.result.IndexError = err.Error()
		fmt.Fprintln(b.log, "FAILED: benchmarks of the index:", err)
	}
}
