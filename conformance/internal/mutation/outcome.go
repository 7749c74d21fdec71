package mutation

import (
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// Verdict says what became of a mutation.
type Verdict string

// The verdicts.
const (
	// Caught: a case that should notice it failed, and passes without it.
	Caught Verdict = "CAUGHT"
	// Survived: all of them passed.
	Survived Verdict = "SURVIVED"
	// NotTried: it could not be applied, built or run, or the case that failed does
	// so without it, too.
	NotTried Verdict = "NOT_TRIED"
	// NotRun: a toolchain is missing.
	NotRun Verdict = "NOT_RUN"
)

// Outcome is what became of a mutation.
type Outcome struct {
	Mutation Mutation
	Verdict  Verdict
	// Case, Transport and Message are those of the failure that caught it. Message
	// is otherwise why it was not tried or not run.
	Case      string
	Transport scenario.Transport
	Message   string
	// Required: a run that leaves it out fails.
	Required bool
	// Duration is how long it took; of that, Building is how long the build took.
	Duration, Building time.Duration

	built bool
}

// Doubtful says that it was built and not caught. It may be so because the machine
// was too slow for the case: then it should be tried again, alone.
func (o *Outcome) Doubtful() bool { return o.built && o.Verdict != Caught }

// judge says what the results mean. A driver that breaks has shown nothing of the
// cases: then the mutation is of no use.
func (o *Outcome) judge(participant *matrix.Participant, results []matrix.Result, interrupted bool) {
	for i := range results {
		switch r := &results[i]; r.Verdict {
		case scenario.Failed:
			o.Verdict, o.Case, o.Transport, o.Message = Caught, r.Case, r.Transport, r.Message
			return
		case scenario.DriverFault:
			o.Verdict, o.Message = NotTried, r.Message
			return
		}
	}
	switch {
	case participant.Verdict != scenario.Passed:
		o.Verdict, o.Message = NotTried, participant.Problem
	case interrupted:
		o.Verdict, o.Message = NotTried, "interrupted"
	default:
		o.Verdict = Survived
	}
}

// compare takes back that a mutation was caught if the case does not pass without
// it.
func (o *Outcome) compare(participant *matrix.Participant, results []matrix.Result) {
	for i := range results {
		if r := &results[i]; r.Verdict != scenario.Passed {
			o.Verdict, o.Message = NotTried, "without the fault the case does not pass either: "+r.Message
			return
		}
	}
	switch {
	case participant.Verdict != scenario.Passed:
		o.Verdict, o.Message = NotTried, "without the fault: "+participant.Problem
	case len(results) == 0:
		o.Verdict, o.Message = NotTried, "the case was not run without the fault"
	}
}
