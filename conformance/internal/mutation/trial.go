package mutation

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// patience is how long a case waits for what a mutant may never do. Without a fault
// cases have more time.
const patience = 6 * time.Second

// packages are what the programs are built from, relative to the root.
var packages = map[Program]string{Server: "./server/cmd/fastpubsub", SDK: "./conformance/cmd/driver-go"}

// Verdict says what became of a mutation.
type Verdict string

// The verdicts.
const (
	// Caught: a case that should notice it failed.
	Caught Verdict = "CAUGHT"
	// Survived: all of them passed.
	Survived Verdict = "SURVIVED"
	// NotTried: it could not be applied, built or run.
	NotTried Verdict = "NOT_TRIED"
)

// Outcome is what became of a mutation.
type Outcome struct {
	Mutation Mutation
	Verdict  Verdict
	// Case, Transport and Message are those of the failure that caught it. Message
	// is otherwise why it was not tried.
	Case      string
	Transport scenario.Transport
	Message   string
	Duration  time.Duration
}

// Laboratory builds mutants and runs cases with them. Any goroutine may use it
// once Prepare has returned.
type Laboratory struct {
	// Root is the root of the module, Folder where everything is built.
	Root, Folder string
	// Cases are all cases there are.
	Cases      []scenario.Case
	Transports []scenario.Transport

	sound    map[Program]string // binaries without a fault
	building sync.Mutex         // one build uses all processors
}

// Prepare builds the programs without a fault.
func (l *Laboratory) Prepare(ctx context.Context) error {
	l.sound = map[Program]string{}
	for program := range packages {
		binary, err := l.build(ctx, program, filepath.Join(l.Folder, "sound-"+string(program)), "")
		if err != nil {
			return err
		}
		l.sound[program] = binary
	}
	return nil
}

func (l *Laboratory) build(ctx context.Context, program Program, binary, overlay string) (string, error) {
	l.building.Lock()
	defer l.building.Unlock()
	args := []string{"build", "-o", binary}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	build := exec.CommandContext(ctx, "go", append(args, packages[program])...)
	build.Dir = l.Root
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", program, err, output)
	}
	return binary, nil
}

// Sound runs the cases of some mutations without any fault: they must pass, or
// their failure with one says nothing. It gives the results that are failures.
func (l *Laboratory) Sound(ctx context.Context, mutations []Mutation) (failures []string) {
	var names []string
	for i := range mutations {
		names = append(names, mutations[i].Cases...)
	}
	participant, results := l.run(ctx, l.sound, names, &matrix.Runner{})
	if participant.Verdict != scenario.Passed {
		failures = append(failures, participant.Problem)
	}
	for i := range results {
		if r := &results[i]; r.Verdict != scenario.Passed {
			failures = append(failures, fmt.Sprintf("%s over %s: %s: %s", r.Verdict, r.Transport, r.Case, r.Message))
		}
	}
	return failures
}

// Try builds a mutant and runs the cases that should notice it, until one does.
func (l *Laboratory) Try(ctx context.Context, m Mutation) Outcome {
	began := time.Now()
	outcome := Outcome{Mutation: m, Verdict: NotTried}
	programs, remove, err := l.mutant(ctx, &m)
	if err != nil {
		outcome.Message = err.Error()
		return outcome
	}
	defer remove()
	enough, stop := context.WithCancel(ctx)
	defer stop()
	participant, results := l.run(enough, programs, m.Cases, &matrix.Runner{Patience: patience, Progress: func(r *matrix.Result) {
		if r.Fails() {
			stop()
		}
	}})
	outcome.Duration = time.Since(began)
	outcome.judge(&participant, results, ctx.Err() != nil)
	return outcome
}

// judge says what the results mean. A driver that breaks has shown nothing of the
// cases: then the mutation is of no use.
func (o *Outcome) judge(participant *matrix.Participant, results []matrix.Result, interrupted bool) {
	for i := range results {
		switch r := &results[i]; r.Verdict {
		case scenario.Failed:
			o.Verdict, o.Case, o.Transport, o.Message = Caught, r.Case, r.Transport, r.Message
			return
		case scenario.DriverFault:
			o.Verdict, o.Message = NotTried, r.Message
			return
		}
	}
	switch {
	case participant.Verdict != scenario.Passed:
		o.Verdict, o.Message = NotTried, participant.Problem
	case interrupted:
		o.Verdict, o.Message = NotTried, "interrupted"
	default:
		o.Verdict = Survived
	}
}

// mutant builds the program with the fault; the other one has none.
func (l *Laboratory) mutant(ctx context.Context, m *Mutation) (programs map[Program]string, remove func(), err error) {
	folder, err := os.MkdirTemp(l.Folder, "_mutant-") // the go command takes it for no package
	if err != nil {
		return nil, nil, err
	}
	remove = func() { _ = os.RemoveAll(folder) }
	overlay, err := m.Overlay(l.Root, folder)
	if err == nil {
		programs = map[Program]string{Server: l.sound[Server], SDK: l.sound[SDK]}
		programs[m.Program], err = l.build(ctx, m.Program, filepath.Join(folder, "mutant"), overlay)
	}
	if err != nil {
		remove()
		return nil, nil, err
	}
	return programs, remove, nil
}

func (l *Laboratory) run(ctx context.Context, programs map[Program]string, names []string, runner *matrix.Runner) (matrix.Participant, []matrix.Result) {
	runner.Binary, runner.Transports = programs[Server], l.Transports
	for _, c := range l.Cases {
		if slices.Contains(names, c.Name) {
			runner.Cases = append(runner.Cases, c)
		}
	}
	start := func(diagnostics io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
		return driver.StartProcess([]string{programs[SDK]}, l.Root, diagnostics, events)
	}
	participant, results, _ := runner.Run(ctx, "go", start, nil)
	return participant, results
}
