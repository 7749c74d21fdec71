package mutation

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// patience is how long a case waits for what a mutant may never do. Without a fault
// it has no more.
const patience = 6 * time.Second

// Laboratory builds mutants and runs cases with them. Any goroutine may use it
// once Prepare has returned.
type Laboratory struct {
	// Root is the root of the module, Folder where everything with a fault is built.
	Root, Folder string
	// SDKs are those in other languages than Go, Drivers the folder where their
	// drivers without a fault are built.
	SDKs    []matrix.SDK
	Drivers string
	// Require names the SDKs that must not be left out, separated by spaces.
	Require string
	// Cases are all cases there are.
	Cases      []scenario.Case
	Transports []scenario.Transport

	sound  map[Program]string // binaries without a fault
	groups map[Program]*groupedBuild
	copies map[Program]*sdkCopy
	builds chan struct{} // as many at a time as there are processors
}

// lineUp is what cases are run with: a server's binary and a driver.
type lineUp struct {
	server string
	driver scenario.Starter
}

// trial is a line-up with a fault and one without.
type trial struct {
	faulty, sound lineUp
	// building is how long it took to build the faulty program.
	building time.Duration
	// end gives back what the trial holds.
	end func()
}

// missingTool is the error of an SDK that cannot be built here.
type missingTool struct{ text string }

func (m *missingTool) Error() string { return m.text }

// Prepare builds the Go programs without a fault, and once each with all those of
// some mutations that can be switched on one at a time: a build for each would take
// most of the time. Any other mutation is built when it is tried.
func (l *Laboratory) Prepare(ctx context.Context, mutations []Mutation) error {
	l.builds = make(chan struct{}, runtime.GOMAXPROCS(0))
	l.sound, l.copies = map[Program]string{}, map[Program]*sdkCopy{}
	for program := range packages {
		l.sound[program] = filepath.Join(l.Folder, "sound-"+string(program))
		if err := l.buildGo(ctx, program, l.sound[program], ""); err != nil {
			return err
		}
	}
	for _, sdk := range l.SDKs {
		program := Program("sdk-" + sdk.Name)
		l.copies[program] = newSDKCopy(sdk, program, filepath.Join(l.Folder, string(program)), l.Drivers)
	}
	return l.group(ctx, mutations)
}

// Try builds a mutant and runs the cases that should notice it, until one does.
// That one is then run without the fault, where it must pass.
func (l *Laboratory) Try(ctx context.Context, m Mutation) Outcome {
	began := time.Now()
	outcome := Outcome{Mutation: m, Verdict: NotTried}
	t, err := l.trial(ctx, &m)
	if err != nil {
		var missing *missingTool
		if errors.As(err, &missing) {
			outcome.Verdict, outcome.Required = NotRun, l.copies[m.Program].sdk.Required(l.Require)
		}
		outcome.Message = err.Error()
		return outcome
	}
	defer t.end()
	outcome.built, outcome.Building = true, t.building
	l.observe(ctx, t, &outcome)
	outcome.Duration = time.Since(began)
	return outcome
}

func (l *Laboratory) observe(ctx context.Context, t *trial, o *Outcome) {
	enough, stop := context.WithCancel(ctx)
	defer stop()
	participant, results := l.run(enough, t.faulty, o.Mutation.Cases, &matrix.Runner{Transports: l.Transports, Progress: func(r *matrix.Result) {
		if r.Fails() {
			stop()
		}
	}})
	o.judge(&participant, results, ctx.Err() != nil)
	if o.Verdict == Caught {
		participant, results = l.run(ctx, t.sound, []string{o.Case}, &matrix.Runner{Transports: []scenario.Transport{o.Transport}})
		o.compare(&participant, results)
	}
}

// trial builds the program with the fault; the other one has none.
func (l *Laboratory) trial(ctx context.Context, m *Mutation) (*trial, error) {
	if m.Program.IsGo() {
		return l.goTrial(ctx, m)
	}
	sdk := l.copies[m.Program]
	if sdk == nil {
		return nil, fmt.Errorf("there is no SDK for %s", m.Program)
	}
	return l.sdkTrial(ctx, sdk, m)
}

func (l *Laboratory) run(ctx context.Context, with lineUp, names []string, runner *matrix.Runner) (matrix.Participant, []matrix.Result) {
	runner.Binary, runner.Patience = with.server, patience
	for _, c := range l.Cases {
		if slices.Contains(names, c.Name) {
			runner.Cases = append(runner.Cases, c)
		}
	}
	participant, results, _ := runner.Run(ctx, "mutant", with.driver, nil)
	return participant, results
}

// startBuild waits until another build may begin; the returned call ends it.
func (l *Laboratory) startBuild(ctx context.Context) (end func(), err error) {
	select {
	case l.builds <- struct{}{}:
		return func() { <-l.builds }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
