package scenario

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// patience is how long a case waits for what must come.
const patience = 20 * time.Second

// S is a case that runs. Its methods end the case when something is not as they
// say.
type S struct {
	// Transport is what carries the clients' connections.
	Transport Transport

	environment *Environment
	routes      *routes
	trace       *trace
	cleanups    []func()
	node        *Node // the default one
}

func newS(e *Environment, transport Transport) *S {
	t := newTrace()
	return &S{Transport: transport, environment: e, routes: newRoutes(t), trace: t}
}

// ctx bounds the runner's own calls.
func (s *S) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	s.cleanups = append(s.cleanups, cancel)
	return ctx
}

// Failf ends the case as failed.
func (s *S) Failf(format string, args ...any) {
	panic(failure{Failed, fmt.Sprintf(format, args...)})
}

// Must fails the case on an error of the runner's own.
func (s *S) Must(err error) {
	if err != nil {
		s.Failf("the runner failed: %v", err)
	}
}

// Equal fails the case if two values, shown as text, differ.
func (s *S) Equal(what string, want, got any) {
	if fmt.Sprint(want) != fmt.Sprint(got) {
		s.Failf("%s: expected %v, got %v", what, want, got)
	}
}

// Unique is a name that no other case uses, for tenants and channels.
func (s *S) Unique(prefix string) string { return fmt.Sprintf("%s-%d", prefix, s.environment.id()) }

// Pending is a command that has been given and is not answered yet.
type Pending struct {
	s      *S
	what   string
	result <-chan *conformancev1.Result
}

// start gives a command.
func (s *S) start(command *conformancev1.RunnerFrame) *Pending {
	what := describe(command)
	s.trace.add("> %s", what)
	return &Pending{s: s, what: what, result: s.environment.driver.Start(command)}
}

// await waits for the result.
func (p *Pending) await() *conformancev1.Result {
	timer := time.NewTimer(2 * patience)
	defer timer.Stop()
	select {
	case result := <-p.result:
		p.s.trace.add("< %s: %s", p.what, strings.TrimSpace(fmt.Sprint(result.GetOutcome())))
		p.s.checkFault(result)
		return result
	case <-timer.C:
		panic(failure{Failed, p.what + " was not answered within " + (2 * patience).String() + ": it hangs"})
	}
}

// Succeeds waits for the result, which must be a success.
func (p *Pending) Succeeds() { p.s.value(p.await()) }

// Fails waits for the result, which must be an error of the SDK with the reason.
func (p *Pending) Fails(reason string) *conformancev1.SdkError {
	return p.s.failed(p.what, p.await(), reason)
}

// Ends waits for the result, whatever it is, and says whether it is a success.
func (p *Pending) Ends() (succeeded bool) { return p.await().GetSuccess() != nil }

func (s *S) call(command *conformancev1.RunnerFrame) *conformancev1.Result {
	return s.start(command).await()
}

func (s *S) checkFault(result *conformancev1.Result) {
	switch outcome := result.GetOutcome().(type) {
	case *conformancev1.Result_Fault:
		panic(failure{DriverFault, outcome.Fault})
	case *conformancev1.Result_Unsupported:
		panic(failure{Unsupported, outcome.Unsupported})
	}
}

func (s *S) value(result *conformancev1.Result) *conformancev1.Success {
	if result.GetSuccess() == nil {
		s.Failf("expected success, got the error %s: %s", result.GetError().GetReason(), result.GetError().GetMessage())
	}
	return result.GetSuccess()
}

func (s *S) failed(what string, result *conformancev1.Result, reason string) *conformancev1.SdkError {
	if result.GetSuccess() != nil {
		s.Failf("%s: expected the error %s, got success", what, reason)
	}
	if got := result.GetError().GetReason(); got != reason {
		s.Failf("%s: expected the error %s, got %q: %s", what, reason, got, result.GetError().GetMessage())
	}
	if result.GetError().GetMessage() == "" {
		s.Failf("%s: the error has no text", what)
	}
	return result.GetError()
}

// trace is what happened in a case, in order.
type trace struct {
	began time.Time

	mu    sync.Mutex
	lines []string
}

func newTrace() *trace { return &trace{began: time.Now()} }

// maxLine keeps payloads from drowning what matters.
const maxLine = 400

func (t *trace) add(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if len(line) > maxLine && !strings.HasPrefix(line, "panic") {
		line = line[:maxLine] + "…"
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, fmt.Sprintf("%9.3f %s", time.Since(t.began).Seconds(), line))
}

func (t *trace) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}
