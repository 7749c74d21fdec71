package matrix

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// answering starts drivers that answer every command with what outcome gives,
// and counts them.
func answering(started *int, outcome func(*conformancev1.RunnerFrame) *conformancev1.Result) scenario.Starter {
	serve := func(in io.Reader, out io.Writer) error {
		err := driver.WriteFrame(out, &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Hello{Hello: &conformancev1.Hello{
			ProtocolVersion: 1, Sdk: "fake", SdkVersion: "7", Runtime: "none", Capabilities: []string{"grpc", "lag"},
		}}})
		for err == nil {
			command := new(conformancev1.RunnerFrame)
			if driver.ReadFrame(in, command) != nil {
				return nil
			}
			result := outcome(command)
			if result == nil {
				return nil // the driver ends
			}
			result.CommandId = command.GetCommandId()
			err = driver.WriteFrame(out, &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Result{Result: result}})
		}
		return err
	}
	return func(_ io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
		*started++
		return driver.StartInProcess(serve, events)
	}
}

func success(command *conformancev1.RunnerFrame) *conformancev1.Result {
	success := &conformancev1.Success{}
	if command.GetCloseAll() != nil {
		success.Value = &conformancev1.Success_CloseAll{CloseAll: &conformancev1.CloseAllAnswer{}}
	}
	return &conformancev1.Result{Outcome: &conformancev1.Result_Success{Success: success}}
}

// remote is a server that no case of these tests talks to.
var remote = &scenario.Remote{}

func openSomething(s *scenario.S) {
	_, opening := s.StartOpen(scenario.Opening{URL: "ws://127.0.0.1:1/ws", Token: "AT_1_2"})
	opening.Succeeds()
}

func runner(cases ...scenario.Case) *Runner {
	return &Runner{Remote: remote, Cases: cases, Transports: []scenario.Transport{scenario.GRPC}}
}

func verdictsOf(results []Result) (list []scenario.Verdict) {
	for i := range results {
		list = append(list, results[i].Verdict)
	}
	return list
}

func TestOneDriverForTheWholeRun(t *testing.T) {
	started, seen := 0, 0
	r := runner(
		scenario.Case{Name: "a/good", Rules: []string{"DL-1"}, Run: openSomething},
		scenario.Case{Name: "a/owner", OwnsServer: true, Run: openSomething},
		scenario.Case{Name: "a/tls", Needs: []string{"tls"}, Run: openSomething},
		scenario.Case{Name: "a/good again", Run: openSomething},
	)
	r.Progress = func(*Result) { seen++ }
	p, results, problems := r.Run(t.Context(), "fake", answering(&started, success), func(said []string) []string {
		return Capabilities{"fake": {"grpc"}}.Check("fake", said)
	})
	assert.Equal(t, Participant{Name: "fake", Version: "7", Runtime: "none", Verdict: scenario.Passed}, p)
	assert.Equal(t, []scenario.Verdict{scenario.Passed, scenario.NotRun, scenario.Unsupported, scenario.Passed}, verdictsOf(results))
	assert.Equal(t, []string{"DL-1"}, results[0].Rules)
	assert.Len(t, problems, 1, "lag is not pinned")
	assert.Equal(t, 1, started)
	assert.Equal(t, 4, seen)
}

// TestABrokenDriverIsReplaced shows that one case does not spoil the next.
func TestABrokenDriverIsReplaced(t *testing.T) {
	started := 0
	ends := answering(&started, func(command *conformancev1.RunnerFrame) *conformancev1.Result {
		if command.GetOpen() != nil {
			return nil
		}
		return success(command)
	})
	p, results, _ := runner(
		scenario.Case{Name: "a/it ends", Run: openSomething},
		scenario.Case{Name: "a/fails", Run: func(s *scenario.S) { s.Failf("no") }},
		scenario.Case{Name: "a/good", Run: func(*scenario.S) {}},
	).Run(t.Context(), "fake", ends, nil)
	assert.Equal(t, scenario.Passed, p.Verdict, p.Problem)
	assert.Equal(t, []scenario.Verdict{scenario.DriverFault, scenario.Failed, scenario.Passed}, verdictsOf(results))
	assert.Equal(t, 3, started)
}

// TestUnsupportedAgainstItsWord is a failure: a driver must not switch a case off
// that it says it can do.
func TestUnsupportedAgainstItsWord(t *testing.T) {
	started := 0
	_, results, _ := runner(scenario.Case{Name: "a/b", Needs: []string{"lag"}, Run: openSomething}).Run(t.Context(), "fake",
		answering(&started, func(command *conformancev1.RunnerFrame) *conformancev1.Result {
			if command.GetOpen() != nil {
				return &conformancev1.Result{Outcome: &conformancev1.Result_Unsupported{Unsupported: "not today"}}
			}
			return success(command)
		}), nil)
	require.Len(t, results, 1)
	assert.Equal(t, scenario.Failed, results[0].Verdict)
	assert.Contains(t, results[0].Message, "not today")
}

func TestADriverThatDoesNotStart(t *testing.T) {
	started := 0
	once := func(diagnostics io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
		if started > 0 {
			return nil, errors.New("no second driver")
		}
		return answering(&started, success)(diagnostics, events)
	}
	r := runner(scenario.Case{Name: "a/b", Run: func(s *scenario.S) { s.Failf("no") }}, scenario.Case{Name: "a/c", Run: func(*scenario.S) {}})
	p, results, _ := r.Run(t.Context(), "fake", once, nil)
	assert.Equal(t, scenario.DriverFault, p.Verdict)
	assert.Contains(t, p.Problem, "no second driver")
	assert.Len(t, results, 1)

	p, results, _ = r.Run(t.Context(), "fake", once, nil)
	assert.Equal(t, scenario.DriverFault, p.Verdict)
	assert.Empty(t, results)
}

func TestAnEndedContextBeginsNoCase(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	started := 0
	_, results, _ := runner(scenario.Case{Name: "a/b", Run: openSomething}).Run(ctx, "fake", answering(&started, success), nil)
	assert.Empty(t, results)
}
