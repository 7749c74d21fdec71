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
