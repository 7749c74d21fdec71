package matrix

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

func TestPinnedCapabilities(t *testing.T) {
	pinned := Capabilities{"go": {"grpc", "lag"}}
	assert.Empty(t, pinned.Check("go", []string{"lag", "grpc"}))
	assert.Equal(t, []string{`go: the driver has dropped the capability "lag"`}, pinned.Check("go", []string{"grpc"}))
	assert.Equal(t, []string{`go: the driver has the capability "tls", which is not pinned: add it`}, pinned.Check("go", []string{"grpc", "lag", "tls"}))
	assert.Equal(t, []string{"perl: no capabilities are pinned: add what the driver says: grpc"}, pinned.Check("perl", []string{"grpc"}))
}

func TestLacks(t *testing.T) {
	c := &scenario.Case{Needs: []string{"lag"}}
	assert.Equal(t, []string{"grpc", "lag"}, lacks(c, scenario.GRPC, []string{"websocket"}))
	assert.Empty(t, lacks(c, scenario.GRPC, []string{"lag", "grpc"}))
}

func TestKnownFailures(t *testing.T) {
	known := KnownFailures{
		{SDK: "go", Transport: scenario.GRPC, Case: "a/one", Reason: "the clock is coarse", Message: "too late"},
		{SDK: "go", Case: "a/everywhere", Reason: "the buffer is short", Message: "lost"},
	}
	outcome := func(v scenario.Verdict, message string) scenario.Outcome {
		return scenario.Outcome{Verdict: v, Message: message}
	}
	for _, c := range []struct {
		name, sdk string
		transport scenario.Transport
		from      scenario.Outcome
		verdict   scenario.Verdict
		message   string
	}{
		{"a/one", "go", scenario.GRPC, outcome(scenario.Failed, "it came too late"), scenario.KnownFailure, "it came too late (known: the clock is coarse)"},
		{"a/one", "go", scenario.GRPC, outcome(scenario.Failed, "never"), scenario.Failed, `never (this is not the known failure, which says "too late")`},
		{"a/one", "go", scenario.GRPC, outcome(scenario.Passed, ""), scenario.UnexpectedPass, "it is listed as a known failure (the clock is coarse), but it passes: take the entry away"},
		{"a/one", "go", scenario.GRPC, outcome(scenario.DriverFault, "too late"), scenario.DriverFault, "too late"},
		{"a/one", "go", scenario.GRPC, outcome(scenario.NotRun, "owner"), scenario.NotRun, "owner"},
		{"a/one", "go", scenario.WebSocket, outcome(scenario.Failed, "too late"), scenario.Failed, "too late"},
		{"a/one", "rust", scenario.GRPC, outcome(scenario.Failed, "too late"), scenario.Failed, "too late"},
		{"a/two", "go", scenario.GRPC, outcome(scenario.Failed, "too late"), scenario.Failed, "too late"},
		{"a/everywhere", "go", scenario.WebSocket, outcome(scenario.Failed, "lost"), scenario.KnownFailure, "lost (known: the buffer is short)"},
	} {
		got := known.judge(c.sdk, c.transport, c.name, c.from)
		assert.Equal(t, c.verdict, got.Verdict, c)
		assert.Equal(t, c.message, got.Message, c)
	}
	assert.Empty(t, known.Stale([]scenario.Case{{Name: "a/one"}, {Name: "a/everywhere"}}, []string{"go"}))
	assert.Equal(t, []string{
		"the known failure go over grpc: a/one is stale: there is no such SDK",
		"the known failure go: a/everywhere is stale: there is no such case",
	}, known.Stale([]scenario.Case{{Name: "a/one"}}, []string{"rust"}))
}

func TestRunPasses(t *testing.T) {
	passed := Result{Outcome: scenario.Outcome{Verdict: scenario.Passed}}
	with := func(change func(*Run)) *Run {
		r := &Run{Participants: []Participant{{Verdict: scenario.Passed, Required: true}}, Results: []Result{passed}}
		change(r)
		return r
	}
	verdict := func(v scenario.Verdict) func(*Run) {
		return func(r *Run) { r.Results = append(r.Results, Result{Outcome: scenario.Outcome{Verdict: v}}) }
	}
	participant := func(v scenario.Verdict, required bool) func(*Run) {
		return func(r *Run) {
			r.Participants = append(r.Participants, Participant{Verdict: v, Required: required})
		}
	}
	for _, c := range []struct {
		name   string
		change func(*Run)
		passes bool
	}{
		{"all is well", func(*Run) {}, true},
		{"known failure", verdict(scenario.KnownFailure), true},
		{"unsupported", verdict(scenario.Unsupported), true},
		{"case not run", verdict(scenario.NotRun), true},
		{"SDK not run", participant(scenario.NotRun, false), true},
		{"failed", verdict(scenario.Failed), false},
		{"unexpected pass", verdict(scenario.UnexpectedPass), false},
		{"driver fault", verdict(scenario.DriverFault), false},
		{"required SDK not run", participant(scenario.NotRun, true), false},
		{"driver not started", participant(scenario.DriverFault, false), false},
		{"problem", func(r *Run) { r.Problems = []string{"stale"} }, false},
		{"nothing passed", func(r *Run) { r.Results = nil }, false},
	} {
		assert.Equal(t, c.passes, with(c.change).Passed(), c.name)
	}
}
