package scenario

import (
	"context"
	"fmt"
	"os"
	"time"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// DefaultPatience is how long a case waits for what must come, unless its
// environment says otherwise: long enough for a machine that is slow and busy.
const DefaultPatience = time.Minute

// S is a case that runs. Its methods end the case when something is not as they
// say; one goroutine, the case's, calls them.
type S struct {
	// Transport is what carries the clients' connections.
	Transport Transport

	environment *Environment
	routes      *routes
	trace       *trace
	secrets     *secrets
	cleanups    []func()
	node        *Node // the default one
}

func newS(e *Environment, transport Transport) *S {
	t := newTrace()
	return &S{Transport: transport, environment: e, routes: newRoutes(t, e.patience()), trace: t, secrets: new(secrets)}
}

func (s *S) patience() time.Duration { return s.environment.patience() }

// ctx bounds the runner's own calls.
func (s *S) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), s.patience())
	s.Cleanup(cancel)
	return ctx
}

// Cleanup calls a function when the case has ended and the driver has closed
// everything, the last one first.
func (s *S) Cleanup(call func()) { s.cleanups = append(s.cleanups, call) }

// TempDir is a new empty folder that is gone when the case has ended.
func (s *S) TempDir() string {
	dir, err := os.MkdirTemp("", "fastpubsub-case-")
	s.Must(err)
	s.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
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

// CloseAll closes everything in the driver, which must leave nothing behind
// (SDK-17). Each case ends with it.
func (s *S) CloseAll() {
	result := s.call(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_CloseAll{CloseAll: &conformancev1.CloseAllCommand{}}})
	if answer := s.value(result).GetCloseAll(); answer.GetLeaked() > 0 {
		s.Failf("%d tasks of the SDK are left behind:\n%s", answer.GetLeaked(), answer.GetDetail())
	}
}
