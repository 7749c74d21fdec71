package mutation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

func TestJudge(t *testing.T) {
	result := func(name string, v scenario.Verdict) matrix.Result {
		return matrix.Result{Case: name, Transport: scenario.GRPC, Outcome: scenario.Outcome{Verdict: v, Message: "of " + name}}
	}
	ran := matrix.Participant{Verdict: scenario.Passed}
	for _, c := range []struct {
		name        string
		participant matrix.Participant
		results     []matrix.Result
		interrupted bool
		want        Outcome
	}{
		{"a case fails", ran, []matrix.Result{result("a", scenario.Passed), result("b", scenario.Failed)}, false,
			Outcome{Verdict: Caught, Case: "b", Transport: scenario.GRPC, Message: "of b"}},
		{"all pass", ran, []matrix.Result{result("a", scenario.Passed)}, false, Outcome{Verdict: Survived}},
		{"the driver breaks", ran, []matrix.Result{result("a", scenario.DriverFault), result("b", scenario.Failed)}, false,
			Outcome{Verdict: NotTried, Message: "of a"}},
		{"the driver does not start", matrix.Participant{Verdict: scenario.DriverFault, Problem: "no hello"}, nil, false,
			Outcome{Verdict: NotTried, Message: "no hello"}},
		{"interrupted", ran, []matrix.Result{result("a", scenario.Passed)}, true, Outcome{Verdict: NotTried, Message: "interrupted"}},
	} {
		var got Outcome
		got.judge(&c.participant, c.results, c.interrupted)
		assert.Equal(t, c.want, got, c.name)
	}
}

func TestCompare(t *testing.T) {
	passed := matrix.Result{Outcome: scenario.Outcome{Verdict: scenario.Passed}}
	failed := matrix.Result{Outcome: scenario.Outcome{Verdict: scenario.Failed, Message: "nothing came"}}
	ran := matrix.Participant{Verdict: scenario.Passed}
	for _, c := range []struct {
		name        string
		participant matrix.Participant
		results     []matrix.Result
		want        Outcome
	}{
		{"it passes without the fault", ran, []matrix.Result{passed}, Outcome{Verdict: Caught}},
		{"it fails without the fault", ran, []matrix.Result{failed},
			Outcome{Verdict: NotTried, Message: "without the fault the case does not pass either: nothing came"}},
		{"the driver does not start", matrix.Participant{Verdict: scenario.DriverFault, Problem: "no hello"}, nil,
			Outcome{Verdict: NotTried, Message: "without the fault: no hello"}},
		{"interrupted", ran, nil, Outcome{Verdict: NotTried, Message: "the case was not run without the fault"}},
	} {
		got := Outcome{Verdict: Caught}
		got.compare(&c.participant, c.results)
		assert.Equal(t, c.want, got, c.name)
	}
}

func TestDoubtful(t *testing.T) {
	assert.True(t, (&Outcome{Verdict: Survived, built: true}).Doubtful())
	assert.True(t, (&Outcome{Verdict: NotTried, built: true}).Doubtful())
	assert.False(t, (&Outcome{Verdict: Caught, built: true}).Doubtful())
	assert.False(t, (&Outcome{Verdict: NotTried}).Doubtful(), "it will not build the next time either")
}
