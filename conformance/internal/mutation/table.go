package mutation

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// Passed says whether every mutation was caught, and there was one.
func Passed(outcomes []Outcome) bool {
	return len(outcomes) > 0 && count(outcomes, Caught) == len(outcomes)
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
	what := fmt.Sprintf("%-9s %-6s %s", o.Verdict, o.Mutation.Program, o.Mutation.Name)
	switch o.Verdict {
	case Caught:
		return fmt.Sprintf("%s (%.1f s)\n          by %s over %s: %s", what, o.Duration.Seconds(), o.Case, o.Transport, first(o.Message))
	case Survived:
		return fmt.Sprintf("%s (%.1f s)\n          although it should fail: %s", what, o.Duration.Seconds(), strings.Join(o.Mutation.Cases, "; "))
	default:
		return what + "\n          " + strings.ReplaceAll(strings.TrimSpace(o.Message), "\n", "\n          ")
	}
}

// Summary is the counts in one line.
func Summary(outcomes []Outcome) string {
	return fmt.Sprintf("%d mutations: %d caught, %d survived, %d not tried", len(outcomes),
		count(outcomes, Caught), count(outcomes, Survived), count(outcomes, NotTried))
}

// Markdown writes a table. It has no durations, so that it changes only when an
// outcome does.
func Markdown(w io.Writer, outcomes []Outcome) error {
	var b strings.Builder
	b.WriteString("| program | fault | outcome | case |\n|---|---|---|---|\n")
	for i := range outcomes {
		o := &outcomes[i]
		name := o.Case
		if name == "" {
			name = strings.Join(o.Mutation.Cases, "; ")
		}
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
		Seconds   float64            `json:"seconds"`
	}
	documents := make([]document, len(outcomes))
	for i := range outcomes {
		o := &outcomes[i]
		documents[i] = document{
			Program: o.Mutation.Program, Fault: o.Mutation.Name, File: o.Mutation.File, Verdict: o.Verdict, Cases: o.Mutation.Cases,
			Case: o.Case, Transport: o.Transport, Message: o.Message, Seconds: o.Duration.Seconds(),
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
