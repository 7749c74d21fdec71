package scenario

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"
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
	// OwnsCluster: it starts servers that share messages, which those of this tree
	// only can.
	OwnsCluster bool
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
	if c.OwnsCluster && e.Cluster == "" {
		return Outcome{Verdict: NotRun, Message: "the case needs a cluster of servers of this tree"}
	}
	e.serverLog.take()
	s := newS(e, transport)
	e.mu.Lock()
	e.running = s
	e.mu.Unlock()
	began := time.Now()
	outcome := s.run(c)
	outcome.Duration = time.Since(began)
	if outcome.Verdict != Passed {
		outcome.Trace = s.trace.String() + "\n--- what the driver printed\n" + e.driverLog.peek() +
			"\n--- what the servers printed\n" + e.serverLog.peek()
	}
	e.driverLog.take()
	e.secrets = s.secrets.all()
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
// (SDK-17), looks at what nobody expected, and ends the servers of the case.
func (s *S) cleanUp() {
	defer func() {
		for i := len(s.cleanups) - 1; i >= 0; i-- {
			s.cleanups[i]()
		}
	}()
	s.CloseAll()
	if event := s.routes.unexpected(); event != nil {
		s.Failf("this happened, too, and should not have: %s", text(event))
	}
	s.checkSecrets()
}

// checkSecrets fails the case if a secret has been shown: in a result, an event,
// or what was printed (SDK-19, TK-2).
func (s *S) checkSecrets() {
	s.secrets.check("the standard error of the driver", s.DriverLog())
	s.secrets.check("the log of a server", s.environment.serverLog.peek())
	late := &secrets{texts: s.environment.secrets}
	late.check("the standard error of the driver, during the case after the one with the token", s.DriverLog())
	for _, leak := range []string{s.secrets.leaked(), late.leaked()} {
		if leak != "" {
			s.Failf("a secret is shown in %s", leak)
		}
	}
}

// DriverLog is what the driver has printed to its standard error in this case.
func (s *S) DriverLog() string { return s.environment.driverLog.peek() }

// Has says whether the driver has a capability.
func (s *S) Has(capability string) bool {
	return slices.Contains(s.environment.Hello().GetCapabilities(), capability)
}
