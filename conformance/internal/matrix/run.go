package matrix

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// Result is the outcome of one case with one SDK over one transport.
type Result struct {
	// SDK is the SDK's name, or that of a pair, "go→rust".
	SDK       string
	Transport scenario.Transport
	Case      string
	// Rules are the ids of the rules that the case shows.
	Rules []string
	scenario.Outcome
}

// Participant is an SDK, or a pair of them, that takes part in a run.
type Participant struct {
	Name string
	// Version and Runtime are as the driver says.
	Version, Runtime string
	// Verdict is PASSED if the driver was run, whatever the cases say; NOT_RUN or
	// DRIVER_FAULT if not.
	Verdict scenario.Verdict
	// Problem is why it was not run.
	Problem string
	// Required: a run without it fails.
	Required bool
}

// Run is everything that came out.
type Run struct {
	// Title names what was run: "conformance" or "interop".
	Title string
	// Server is what the SDKs were run against.
	Server       string
	Participants []Participant
	Results      []Result
	// Problems fail the run, beside results that do.
	Problems []string
	Duration time.Duration
}

// fails are the verdicts of a result that fail a run. UNSUPPORTED does not: what
// a driver can do is pinned. Nor does NOT_RUN: a case that must own the server
// cannot be run against somebody else's.
var fails = []scenario.Verdict{scenario.Failed, scenario.UnexpectedPass, scenario.DriverFault}

// Fails says whether the result fails a run.
func (r *Result) Fails() bool { return slices.Contains(fails, r.Verdict) }

// Fails says whether the participant fails a run by itself.
func (p *Participant) Fails() bool {
	return p.Verdict == scenario.DriverFault || p.Verdict == scenario.NotRun && p.Required
}

// Passed says whether nothing failed, and something ran.
func (r *Run) Passed() bool {
	return len(r.Problems) == 0 && r.Count(scenario.Passed) > 0 &&
		!slices.ContainsFunc(r.Participants, func(p Participant) bool { return p.Fails() }) &&
		!slices.ContainsFunc(r.Results, func(result Result) bool { return result.Fails() })
}

// Count is how many results have the verdict.
func (r *Run) Count(v scenario.Verdict) (n int) {
	for i := range r.Results {
		if r.Results[i].Verdict == v {
			n++
		}
	}
	return n
}

// Runner runs cases.
type Runner struct {
	// Binary is the server's; empty: Remote is used.
	Binary string
	// Cluster is the program that runs clusters; see scenario.Environment.
	Cluster string
	// Remote is a server that runs already.
	Remote *scenario.Remote
	// Cases are what is run, over each of the Transports.
	Cases      []scenario.Case
	Transports []scenario.Transport
	// Known are the known failures.
	Known KnownFailures
	// Patience is how long a case waits; see scenario.Environment.
	Patience time.Duration
	// Progress, if set, is told each result.
	Progress func(*Result)
}

// Run runs every case over every transport with one driver, which goes on until
// the end. After a case that did not go well another driver takes its place, so
// that no case suffers from what an earlier one has left behind. check, if set,
// says what is wrong with a driver, which fails the run. The end of ctx keeps
// further cases from being begun.
func (r *Runner) Run(ctx context.Context, name string, start scenario.Starter, check func(capabilities []string) []string) (p Participant, results []Result, problems []string) {
	p = Participant{Name: name, Verdict: scenario.Passed}
	environment, err := r.environment(start)
	if err != nil {
		p.Verdict, p.Problem = scenario.DriverFault, err.Error()
		return p, nil, nil
	}
	hello := environment.Hello()
	p.Version, p.Runtime = hello.GetSdkVersion(), hello.GetRuntime()
	if check != nil {
		problems = check(hello.GetCapabilities())
	}
	for _, transport := range r.Transports {
		for i := range r.Cases {
			if ctx.Err() != nil {
				break
			}
			result := r.one(environment, name, transport, &r.Cases[i])
			results = append(results, result)
			if r.Progress != nil {
				r.Progress(&result)
			}
			if result.clean() {
				continue
			}
			_ = environment.Close() // whatever is wrong with it, the case has failed already
			if environment, err = r.environment(start); err != nil {
				p.Verdict, p.Problem = scenario.DriverFault, "the driver could not be started again: "+err.Error()
				return p, results, problems
			}
		}
	}
	if err := environment.Close(); err != nil {
		p.Verdict, p.Problem = scenario.DriverFault, err.Error()
	}
	return p, results, problems
}

func (r *Runner) environment(start scenario.Starter) (*scenario.Environment, error) {
	environment, err := scenario.NewEnvironment(r.Binary, r.Remote, start)
	if err == nil {
		environment.Patience, environment.Cluster = r.Patience, r.Cluster
	}
	return environment, err
}

// clean says whether the driver can be trusted with another case.
func (r *Result) clean() bool {
	return r.Verdict != scenario.Failed && r.Verdict != scenario.DriverFault && r.Verdict != scenario.KnownFailure
}

func (r *Runner) one(e *scenario.Environment, name string, transport scenario.Transport, c *scenario.Case) Result {
	outcome := e.Run(*c, transport)
	if outcome.Verdict == scenario.Unsupported && len(lacks(c, transport, e.Hello().GetCapabilities())) == 0 {
		outcome.Verdict = scenario.Failed
		outcome.Message = fmt.Sprintf("the driver says that it can do what the case needs, and then that it cannot: %s", outcome.Message)
	}
	outcome = r.Known.judge(name, transport, c.Name, outcome)
	return Result{SDK: name, Transport: transport, Case: c.Name, Rules: c.Rules, Outcome: outcome}
}
