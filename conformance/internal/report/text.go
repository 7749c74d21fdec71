// Package report writes down what came out of a run of the conformance cases: as
// text with the trace of each failure, as JSON, as JUnit XML, and as a Markdown
// matrix.
package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// verdicts are all verdicts, in the order in which they are counted.
var verdicts = []scenario.Verdict{
	scenario.Passed, scenario.Failed, scenario.KnownFailure, scenario.UnexpectedPass,
	scenario.Unsupported, scenario.NotRun, scenario.DriverFault,
}

// Text writes who took part, everything that did not pass, with its trace if it
// fails the run, and the counts.
func Text(w io.Writer, r *matrix.Run) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, against %s\n\n", r.Title, r.Server)
	for i := range r.Participants {
		participant(&b, &r.Participants[i])
	}
	notBegun(&b, r)
	for i := range r.Results {
		if result := &r.Results[i]; result.Verdict != scenario.Passed && !isSkipped(result) {
			notPassed(&b, result)
		}
	}
	for _, problem := range r.Problems {
		fmt.Fprintf(&b, "\nPROBLEM %s\n", problem)
	}
	fmt.Fprintf(&b, "\n%s\n", Summary(r))
	_, err := io.WriteString(w, b.String())
	return err
}

func participant(b *strings.Builder, p *matrix.Participant) {
	switch {
	case p.Verdict == scenario.Passed:
		fmt.Fprintf(b, "%s %s, %s\n", p.Name, p.Version, p.Runtime)
	case p.Required:
		fmt.Fprintf(b, "%s %s, although it is required: %s\n", p.Verdict, p.Name, p.Problem)
	default:
		fmt.Fprintf(b, "%s %s: %s\n", p.Verdict, p.Name, p.Problem)
	}
}

// isSkipped says whether the case did not begin.
func isSkipped(r *matrix.Result) bool {
	return r.Verdict == scenario.NotRun || r.Verdict == scenario.Unsupported
}

// notBegun writes the cases that did not begin, together where the reason is one.
func notBegun(b *strings.Builder, r *matrix.Run) {
	var headings []string
	cases := map[string][]string{}
	for i := range r.Results {
		if result := &r.Results[i]; isSkipped(result) {
			heading := fmt.Sprintf("%s %s over %s: %s", result.Verdict, result.SDK, result.Transport, result.Message)
			if cases[heading] == nil {
				headings = append(headings, heading)
			}
			cases[heading] = append(cases[heading], result.Case)
		}
	}
	for _, heading := range headings {
		fmt.Fprintf(b, "\n%s\n    %s\n", heading, strings.Join(cases[heading], "\n    "))
	}
}

func notPassed(b *strings.Builder, r *matrix.Result) {
	fmt.Fprintf(b, "\n%s %s over %s: %s\n    %s\n", r.Verdict, r.SDK, r.Transport, r.Case, strings.ReplaceAll(r.Message, "\n", "\n    "))
	if len(r.Rules) > 0 {
		fmt.Fprintf(b, "    rules: %s\n", strings.Join(r.Rules, " "))
	}
	if r.Fails() && r.Trace != "" {
		fmt.Fprintf(b, "%s\n", abridged(r.Trace))
	}
}

// How many lines of a trace the text has, from its beginning and from its end. A
// driver that logs each attempt to connect would drown the rest. The other
// reports have all of it.
const (
	traceHead = 100
	traceTail = 60
)

func abridged(trace string) string {
	lines := strings.Split(strings.TrimRight(trace, "\n"), "\n")
	if left := len(lines) - traceHead - traceTail; left > 0 {
		lines = append(append(append([]string{}, lines[:traceHead]...),
			fmt.Sprintf("… %d lines are left out here; the other reports have them …", left)), lines[len(lines)-traceTail:]...)
	}
	return strings.Join(lines, "\n")
}

// Summary is one line: the counts, and whether the run passed.
func Summary(r *matrix.Run) string {
	var counts []string
	for _, verdict := range verdicts {
		if n := r.Count(verdict); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, verdict))
		}
	}
	absent := 0
	for i := range r.Participants {
		if r.Participants[i].Verdict != scenario.Passed {
			absent++
		}
	}
	if absent > 0 {
		counts = append(counts, fmt.Sprintf("%d of %d SDKs not run", absent, len(r.Participants)))
	}
	if len(r.Problems) > 0 {
		counts = append(counts, fmt.Sprintf("%d problems", len(r.Problems)))
	}
	if len(counts) == 0 {
		counts = []string{"nothing was run"}
	}
	outcome := "failed"
	if r.Passed() {
		outcome = "passed"
	}
	return fmt.Sprintf("%s %s in %.1f s: %s", r.Title, outcome, r.Duration.Seconds(), strings.Join(counts, ", "))
}
