package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/pair"
	"github.com/fastpubsub/fastpubsub/conformance/internal/report"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
	"github.com/fastpubsub/fastpubsub/conformance/interop"
	"github.com/fastpubsub/fastpubsub/conformance/suites"
)

// lineUp is a driver, or a pair of them, that the cases are run with.
type lineUp struct {
	name     string
	start    scenario.Starter
	check    func(capabilities []string) []string
	required bool
}

// conform runs everything, writes the reports, and says whether the run passed.
// An error means that it could not begin.
func (o *options) conform(ctx context.Context, out, progress io.Writer) (passed bool, err error) {
	began := time.Now()
	r := &matrix.Run{Title: "conformance"}
	if o.interop {
		r.Title = "interop"
	}
	if err := os.MkdirAll(o.built(), 0o755); err != nil {
		return false, err
	}
	runner, err := o.runner(r, progress)
	if err != nil {
		return false, err
	}
	available, absent := o.prepare(ctx, progress)
	r.Participants = absent
	o.runAll(ctx, runner, r, o.lineUps(available))
	r.Problems = append(r.Problems, o.knownFailures.Stale(slices.Concat(suites.All(), interop.All()), o.names())...)
	if ctx.Err() != nil {
		r.Problems = append(r.Problems, "the run was interrupted")
	}
	r.Duration = time.Since(began)
	if err := report.Files(o.output, r); err != nil {
		return false, err
	}
	if err := report.Text(out, r); err != nil {
		return false, err
	}
	return r.Passed(), nil
}

// runner builds the server, unless there is one.
func (o *options) runner(r *matrix.Run, progress io.Writer) (*matrix.Runner, error) {
	runner := &matrix.Runner{Cases: o.cases, Transports: o.transports, Known: o.knownFailures, Remote: o.remote, Binary: o.binary}
	var mu sync.Mutex
	runner.Progress = func(result *matrix.Result) {
		if o.verbose || result.Fails() {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintf(progress, "%s %s over %s: %s (%.2f s) %s\n", result.Verdict, result.SDK, result.Transport, result.Case, result.Duration.Seconds(), result.Message)
		}
	}
	switch {
	case o.remote != nil:
		r.Server = o.remote.HTTPURL
	case o.binary != "":
		r.Server = o.binary
	default:
		r.Server = "a server of this tree"
		var err error
		if runner.Binary, err = testserver.Build(o.built(), false); err != nil {
			return nil, err
		}
		if runner.Cluster, err = testserver.BuildCluster(o.built(), false); err != nil {
			return nil, err
		}
	}
	return runner, nil
}

// built is the folder of what is built.
func (o *options) built() string { return filepath.Join(o.output, "build") }

// prepare builds the drivers. Those that cannot be run here are absent.
func (o *options) prepare(ctx context.Context, progress io.Writer) (available []matrix.SDK, absent []matrix.Participant) {
	for _, sdk := range o.sdks {
		p := matrix.Participant{Name: sdk.Name, Verdict: scenario.NotRun, Required: sdk.Required(o.require), Problem: sdk.Missing()}
		if p.Problem == "" {
			if err := sdk.BuildInto(ctx, o.built()); err != nil {
				p.Verdict, p.Problem = scenario.DriverFault, err.Error()
			}
		}
		if p.Problem == "" {
			available = append(available, sdk)
			continue
		}
		fmt.Fprintf(progress, "%s: %s: %s\n", p.Verdict, p.Name, p.Problem)
		absent = append(absent, p)
	}
	return available, absent
}

// lineUps are the SDKs, or all ordered pairs of them.
func (o *options) lineUps(sdks []matrix.SDK) (all []lineUp) {
	for i := range sdks {
		sdk := &sdks[i]
		if !o.interop {
			check := func(said []string) []string { return o.capabilities.Check(sdk.Name, said) }
			all = append(all, lineUp{sdk.Name, sdk.Starter(o.built()), check, sdk.Required(o.require)})
			continue
		}
		for j := range sdks {
			listener := &sdks[j]
			all = append(all, lineUp{
				name:     pair.Name(sdk.Name, listener.Name),
				start:    pair.Starter(listener.Starter(o.built()), sdk.Starter(o.built())),
				required: sdk.Required(o.require) || listener.Required(o.require),
			})
		}
	}
	return all
}

// names are all that a known failure may name: SDKs and pairs of them.
func (o *options) names() []string {
	names := matrix.Names(o.known)
	for _, writer := range o.known {
		for _, listener := range o.known {
			names = append(names, pair.Name(writer.Name, listener.Name))
		}
	}
	return names
}

func (o *options) runAll(ctx context.Context, runner *matrix.Runner, r *matrix.Run, all []lineUp) {
	participants := make([]matrix.Participant, len(all))
	results, problems := make([][]matrix.Result, len(all)), make([][]string, len(all))
	var running errgroup.Group
	running.SetLimit(o.parallel)
	for i, l := range all {
		running.Go(func() error {
			participants[i], results[i], problems[i] = runner.Run(ctx, l.name, l.start, l.check)
			participants[i].Required = l.required
			return nil
		})
	}
	_ = running.Wait() // none fails
	r.Participants = append(participants, r.Participants...)
	for i := range all {
		r.Results = append(r.Results, results[i]...)
		r.Problems = append(r.Problems, problems[i]...)
	}
}
