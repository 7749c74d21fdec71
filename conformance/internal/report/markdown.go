package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// column is one SDK over one transport.
type column struct {
	sdk       string
	transport scenario.Transport
}

// suiteOf is the part of a case's name before the first slash.
func suiteOf(name string) string {
	suite, _, _ := strings.Cut(name, "/")
	return suite
}

// Markdown writes a matrix, suite by SDK and transport, then what has not passed,
// then which cases show which rule. It has neither times nor durations: two runs
// with the same outcomes give the same text.
func Markdown(w io.Writer, r *matrix.Run) error {
	var b strings.Builder
	if columns, suites := axes(r); len(suites) == 1 {
		rowPerSDK(&b, r, columns, suites[0])
	} else {
		rowPerSuite(&b, r, columns, suites)
	}
	exceptions(&b, r)
	byRule(&b, r)
	_, err := io.WriteString(w, b.String())
	return err
}

func rowPerSuite(b *strings.Builder, r *matrix.Run, columns []column, suites []string) {
	fmt.Fprintf(b, "| suite |")
	for _, c := range columns {
		fmt.Fprintf(b, " %s, %s |", c.sdk, c.transport)
	}
	fmt.Fprintf(b, "\n|---|%s\n", strings.Repeat("---|", len(columns)))
	for _, suite := range suites {
		fmt.Fprintf(b, "| %s |", cell(suite))
		for _, c := range columns {
			fmt.Fprintf(b, " %s |", square(r, c, suite))
		}
		b.WriteString("\n")
	}
}

// rowPerSDK is for one suite and many SDKs, as pairs are.
func rowPerSDK(b *strings.Builder, r *matrix.Run, columns []column, suite string) {
	var sdks []string
	var transports []scenario.Transport
	for _, c := range columns {
		if !slices.Contains(sdks, c.sdk) {
			sdks = append(sdks, c.sdk)
		}
		if !slices.Contains(transports, c.transport) {
			transports = append(transports, c.transport)
		}
	}
	fmt.Fprintf(b, "| %s |", cell(suite))
	for _, transport := range transports {
		fmt.Fprintf(b, " %s |", transport)
	}
	fmt.Fprintf(b, "\n|---|%s\n", strings.Repeat("---|", len(transports)))
	for _, sdk := range sdks {
		fmt.Fprintf(b, "| %s |", sdk)
		for _, transport := range transports {
			fmt.Fprintf(b, " %s |", square(r, column{sdk, transport}, suite))
		}
		b.WriteString("\n")
	}
}

func axes(r *matrix.Run) (columns []column, suites []string) {
	for i := range r.Results {
		result := &r.Results[i]
		if c := (column{result.SDK, result.Transport}); !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
		if suite := suiteOf(result.Case); !slices.Contains(suites, suite) {
			suites = append(suites, suite)
		}
	}
	return columns, suites
}

// square is the count of each verdict of a suite in a column.
func square(r *matrix.Run, c column, suite string) string {
	counts, total := map[scenario.Verdict]int{}, 0
	for i := range r.Results {
		result := &r.Results[i]
		if result.SDK == c.sdk && result.Transport == c.transport && suiteOf(result.Case) == suite {
			counts[result.Verdict]++
			total++
		}
	}
	if total == 0 {
		return "–"
	}
	var parts []string
	for _, verdict := range verdicts {
		if counts[verdict] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[verdict], verdict))
		}
	}
	return strings.Join(parts, ", ")
}

func exceptions(b *strings.Builder, r *matrix.Run) {
	var lines []string
	for i := range r.Participants {
		if p := &r.Participants[i]; p.Verdict != scenario.Passed {
			lines = append(lines, fmt.Sprintf("* %s: **%s**: %s", p.Name, p.Verdict, firstLine(p.Problem)))
		}
	}
	for i := range r.Results {
		if result := &r.Results[i]; result.Verdict != scenario.Passed {
			lines = append(lines, fmt.Sprintf("* %s, %s, %s: **%s**: %s", result.SDK, result.Transport, plain.Replace(result.Case), result.Verdict, firstLine(result.Message)))
		}
	}
	for _, text := range r.Problems {
		lines = append(lines, "* "+firstLine(text))
	}
	if len(lines) > 0 {
		fmt.Fprintf(b, "\nWhat has not passed:\n\n%s\n", strings.Join(lines, "\n"))
	}
}

// byRule writes the cases that show each rule.
func byRule(b *strings.Builder, r *matrix.Run) {
	cases := map[string][]string{}
	for i := range r.Results {
		result := &r.Results[i]
		for _, rule := range result.Rules {
			if !slices.Contains(cases[rule], result.Case) {
				cases[rule] = append(cases[rule], result.Case)
			}
		}
	}
	rules := make([]string, 0, len(cases))
	for rule := range cases {
		rules = append(rules, rule)
	}
	slices.SortFunc(rules, compareRules)
	fmt.Fprintf(b, "\n| rule | shown by |\n|---|---|\n")
	for _, rule := range rules {
		fmt.Fprintf(b, "| %s | %s |\n", rule, cell(strings.Join(cases[rule], "; ")))
	}
}

// compareRules puts DL-2 before DL-10.
func compareRules(a, b string) int {
	familyA, numberA, _ := strings.Cut(a, "-")
	familyB, numberB, _ := strings.Cut(b, "-")
	if familyA != familyB {
		return strings.Compare(familyA, familyB)
	}
	if len(numberA) != len(numberB) {
		return len(numberA) - len(numberB)
	}
	return strings.Compare(numberA, numberB)
}

// plain makes Markdown show a text as it is: patterns are full of what it takes for
// emphasis.
var plain = strings.NewReplacer("<", "&lt;", "*", `\*`)

// firstLine is the first line of a text.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return plain.Replace(line)
}

// cell is a text inside a table.
func cell(text string) string { return strings.ReplaceAll(plain.Replace(text), "|", `\|`) }
