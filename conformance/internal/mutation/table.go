package mutation

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// Passed says whether every mutation was caught, and there was one. Those of an SDK
// whose toolchain is missing may be left out, unless they are required.
func Passed(outcomes []Outcome) bool {
	for i := range outcomes {
		o := &outcomes[i]
		if o.Verdict != Caught && (o.Verdict != NotRun || o.Required) {
			return false
		}
	}
	return count(outcomes, Caught) > 0
}

func count(outcomes []Outcome, verdict Verdict) (n int) {
	for i := range outcomes {
		if outcomes[i].Verdict == verdict {
			n++
		}
	}
	return n
}

// Line is one outcome as text.
func Line(o *Outcome) string {
	what := fmt.Sprintf("%-9s %-10s %s", o.Verdict, o.Mutation.Program, o.Mutation.Name)
	switch o.Verdict {
	case Caught:
		return fmt.Sprintf("%s (%s)\n          by %s over %s: %s", what, times(o), o.Case, o.Transport, first(o.Message))
	case Survived:
		return fmt.Sprintf("%s (%s)\n          although it should fail: %s", what, times(o), strings.Join(o.Mutation.Cases, "; "))
	default:
		return what + "\n          " + strings.ReplaceAll(strings.TrimSpace(o.Message), "\n", "\n          ")
	}
}

func times(o *Outcome) string {
	return fmt.Sprintf("%.1f s, of which the build %.1f s", o.Duration.Seconds(), o.Building.Seconds())
}

// Summary is the counts in one line.
func Summary(outcomes []Outcome) string {
	line := fmt.Sprintf("%d mutations: %d caught, %d survived", len(outcomes), count(outcomes, Caught), count(outcomes, Survived))
	for _, left := range []struct {
		verdict Verdict
		text    string
	}{{NotTried, "not tried"}, {NotRun, "NOT_RUN"}} {
		if n := count(outcomes, left.verdict); n > 0 {
			line += fmt.Sprintf(", %d %s", n, left.text)
		}
	}
	return line
}

// Text writes each outcome, and at the end the counts.
func Text(w io.Writer, outcomes []Outcome) error {
	var b strings.Builder
	for i := range outcomes {
		b.WriteString(Line(&outcomes[i]) + "\n")
	}
	b.WriteString(Summary(outcomes) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Markdown writes a table. It has no durations, and all cases of which one must
// fail, not the first that did, so that it changes only when an outcome does.
func Markdown(w io.Writer, outcomes []Outcome) error {
	var b strings.Builder
	b.WriteString("| program | fault | outcome | case |\n|---|---|---|---|\n")
	for i := range outcomes {
		o := &outcomes[i]
		name := strings.Join(o.Mutation.Cases, "; or ")
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", o.Mutation.Program, o.Mutation.Name, o.Verdict, strings.NewReplacer("|", `\|`, "*", `\*`).Replace(name))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// JSON writes everything, for programs.
func JSON(w io.Writer, outcomes []Outcome) error {
	type document struct {
		Program   Program            `json:"program"`
		Fault     string             `json:"fault"`
		File      string             `json:"file"`
		Verdict   Verdict            `json:"verdict"`
		Cases     []string           `json:"cases"`
		Case      string             `json:"case,omitempty"`
		Transport scenario.Transport `json:"transport,omitempty"`
		Message   string             `json:"message,omitempty"`
		Required  bool               `json:"required,omitempty"`
		Seconds   float64            `json:"seconds"`
		Building  float64            `json:"building_seconds"`
	}
	documents := make([]document, len(outcomes))
	for i := range outcomes {
		o := &outcomes[i]
		documents[i] = document{
			Program: o.Mutation.Program, Fault: o.Mutation.Name, File: o.Mutation.File, Verdict: o.Verdict, Cases: o.Mutation.Cases,
			Case: o.Case, Transport: o.Transport, Message: o.Message, Required: o.Required,
			Seconds: o.Duration.Seconds(), Building: o.Building.Seconds(),
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"passed": Passed(outcomes), "mutations": documents})
}

// first is the first line of a text, of a length that fits a terminal.
func first(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	const most = 160
	if len(line) > most {
		return strings.ToValidUTF8(line[:most], "") + "…"
	}
	return line
}
