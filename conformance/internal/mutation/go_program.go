package mutation

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// packages are what the Go programs are built from, relative to the root.
var packages = map[Program]string{Server: "./server/cmd/fastpubsub", SDK: "./conformance/cmd/driver-go"}

// buildGo builds a Go program, with a fault if there is an overlay. What debuggers
// need, and what version control says, would take half of the time.
func (l *Laboratory) buildGo(ctx context.Context, program Program, binary, overlay string) error {
	args := []string{"build", "-buildvcs=false", "-ldflags=-s -w", "-o", binary}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	build := exec.CommandContext(ctx, "go", append(args, packages[program])...)
	build.Dir = l.Root
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", program, err, output)
	}
	return nil
}

// goTrial builds a mutant of a Go program. One of a group is built already: it is the
// group's binary with one fault on, and compared with the same binary with none.
func (l *Laboratory) goTrial(ctx context.Context, m *Mutation) (*trial, error) {
	folder, err := os.MkdirTemp(l.Folder, "_mutant-") // the go command takes it for no package
	if err != nil {
		return nil, err
	}
	t := &trial{end: func() { _ = os.RemoveAll(folder) }}
	mutant, without := filepath.Join(folder, "mutant"), l.sound[m.Program]
	if g := l.groups[m.Program]; g != nil && g.numbers[m.Name] > 0 {
		without, err = g.binary, g.mutant(g.numbers[m.Name], mutant)
	} else {
		t.building, err = l.buildMutant(ctx, m, folder, mutant)
	}
	if err != nil {
		t.end()
		return nil, err
	}
	t.faulty, t.sound = l.goLineUp(m.Program, mutant), l.goLineUp(m.Program, without)
	return t, nil
}

// goLineUp is one program as it is given, and the other one without a fault.
func (l *Laboratory) goLineUp(program Program, binary string) lineUp {
	if program == Server {
		return lineUp{binary, l.goDriver(l.sound[SDK])}
	}
	return lineUp{l.sound[Server], l.goDriver(binary)}
}

func (l *Laboratory) buildMutant(ctx context.Context, m *Mutation, folder, binary string) (took time.Duration, err error) {
	overlay, err := m.Overlay(l.Root, folder)
	if err != nil {
		return 0, err
	}
	end, err := l.startBuild(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	began := time.Now()
	err = l.buildGo(ctx, m.Program, binary, overlay)
	return time.Since(began), err
}

func (l *Laboratory) goDriver(binary string) scenario.Starter {
	return func(diagnostics io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
		return driver.StartProcess([]string{binary}, l.Root, diagnostics, events)
	}
}
