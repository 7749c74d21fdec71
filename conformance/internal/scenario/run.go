package scenario

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// Case is one conformance case.
type Case struct {
	// Name is "suite/what it shows".
	Name string
	// Rules are the ids of the specification's rules that it shows.
	Rules []string
	// Needs are the driver's capabilities without which it cannot run.
	Needs []string
	// OwnsServer: it starts, kills or drains servers, so it cannot run against a
	// remote one.
	OwnsServer bool
	// Run is the case.
	Run func(*S)
}

// Verdict is how a case ended.
type Verdict string

// The verdicts.
const (
	Passed         Verdict = "PASSED"
	Failed         Verdict = "FAILED"
	KnownFailure   Verdict = "KNOWN_FAILURE"
	UnexpectedPass Verdict = "UNEXPECTED_PASS"
	Unsupported    Verdict = "UNSUPPORTED"
	NotRun         Verdict = "NOT_RUN"
	DriverFault    Verdict = "DRIVER_FAULT"
)

// Outcome is how a case ended, and why.
type Outcome struct {
	Verdict Verdict
	// Message is one line: what failed.
	Message string
	// Trace is what happened, in order, of a case that did not pass.
	Trace string
	// Duration is how long it took.
	Duration time.Duration
}

// failure ends a case.
type failure struct {
	verdict Verdict
	message string
}

// Run runs a case over a transport.
func (e *Environment) Run(c Case, transport Transport) Outcome {
	if missing := e.missing(c, transport); missing != "" {
		return Outcome{Verdict: Unsupported, Message: "the driver lacks " + missing}
	}
	if c.OwnsServer && e.Remote != nil {
		return Outcome{Verdict: NotRun, Message: "the case must own the server"}
	}
	e.log.take()
	s := newS(e, transport)
	e.mu.Lock()
	e.routes = s.routes
	e.mu.Unlock()
	began := time.Now()
	outcome := s.run(c)
	outcome.Duration = time.Since(began)
	if outcome.Verdict != Passed {
		outcome.Trace = s.trace.String() + "\n--- what the driver and the servers printed\n" + e.log.take()
	}
	return outcome
}

func (e *Environment) missing(c Case, transport Transport) string {
	var missing []string
	for _, need := range append([]string{string(transport)}, c.Needs...) {
		if !slices.Contains(e.Hello().GetCapabilities(), need) {
			missing = append(missing, need)
		}
	}
	return strings.Join(missing, ", ")
}

func (s *S) run(c Case) (outcome Outcome) {
	outcome = s.guard(func() { c.Run(s) })
	if after := s.guard(s.cleanUp); outcome.Verdict == Passed {
		outcome = after
	}
	return outcome
}

// guard turns the panic that ends a case into its outcome.
func (s *S) guard(call func()) (outcome Outcome) {
	defer func() {
		switch end := recover().(type) {
		case nil:
			outcome = Outcome{Verdict: Passed}
		case failure:
			outcome = Outcome{Verdict: end.verdict, Message: end.message}
		default:
			s.trace.add("panic: %v\n%s", end, debug.Stack())
			outcome = Outcome{Verdict: Failed, Message: fmt.Sprintf("the case panicked: %v", end)}
		}
	}()
	call()
	return outcome
}

// cleanUp closes everything in the driver, which must leave nothing behind
// (SDK-17), and ends the servers of the case.
func (s *S) cleanUp() {
	defer func() {
		for i := len(s.cleanups) - 1; i >= 0; i-- {
			s.cleanups[i]()
		}
	}()
	result := s.call(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_CloseAll{CloseAll: &conformancev1.CloseAllCommand{}}})
	if answer := s.value(result).GetCloseAll(); answer.GetLeaked() > 0 {
		s.Failf("%d tasks of the SDK are left behind:\n%s", answer.GetLeaked(), answer.GetDetail())
	}
}
