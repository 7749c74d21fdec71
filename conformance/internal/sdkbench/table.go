package sdkbench

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// missing stands where there is no figure: the runtime does not count it, or the
// measure was not run.
const missing = "–"

// Text writes the table, and what went wrong below it.
func Text(w io.Writer, rows []Row) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "SDK\ttransport\t")
	for _, c := range columns {
		fmt.Fprint(table, c.heading, "\t")
	}
	fmt.Fprintln(table, "goal\t")
	for i := range rows {
		r := &rows[i]
		fmt.Fprintf(table, "%s\t%s\t", r.SDK, r.Transport)
		for _, c := range columns {
			fmt.Fprint(table, r.show(&c), "\t")
		}
		fmt.Fprintln(table, r.Goal()+"\t")
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, notes(rows))
	return err
}

func notes(rows []Row) string {
	var b strings.Builder
	b.WriteString("\np50, p99: publish call to application at 1000/s; received/s, B/msg, allocs/msg and the first CPU-s/M (CPU seconds per million): receiving;\n" +
		"acked/s and the second CPU-s/M: acknowledged publishes, 1024 in flight; goal: received/s\n")
	for _, problem := range problems(rows) {
		b.WriteString(problem + "\n")
	}
	return b.String()
}

// problems are what went wrong, each with its outcome, and once for all transports.
func problems(rows []Row) []string {
	var all []string
	for i := range rows {
		for _, problem := range rows[i].Problems {
			all = append(all, fmt.Sprintf("%s %s", rows[i].Verdict, problem))
		}
	}
	return slices.Compact(all)
}

func (r *Row) show(c *column) string {
	value, is := r.Figures[c.figure]
	if !is {
		return missing
	}
	return strconv.FormatFloat(value, 'f', c.decimals, 64)
}

// Goal says whether the SDK receives as much as it should.
func (r *Row) Goal() string {
	goal, set := goals[r.SDK]
	received, is := r.Figures[ReceivedPerSecond]
	switch {
	case r.Verdict == scenario.NotRun || r.Verdict == scenario.Failed:
		return string(r.Verdict)
	case !set || !is:
		return missing
	case received >= goal:
		return fmt.Sprintf("%.0f met", goal)
	default:
		return fmt.Sprintf("%.0f not met", goal)
	}
}

// JSON writes everything, for programs.
func JSON(w io.Writer, rows []Row) error {
	type document struct {
		SDK       string               `json:"sdk"`
		Transport scenario.Transport   `json:"transport"`
		Verdict   scenario.Verdict     `json:"verdict"`
		Goal      *float64             `json:"goal_received_per_second"`
		GoalMet   *bool                `json:"goal_met"`
		Medians   map[Figure]float64   `json:"medians"`
		Samples   map[Figure][]float64 `json:"samples"`
		Problems  []string             `json:"problems"`
	}
	documents := make([]document, len(rows))
	for i := range rows {
		r := &rows[i]
		d := document{SDK: r.SDK, Transport: r.Transport, Verdict: r.Verdict, Medians: r.Figures, Samples: r.samples, Problems: r.Problems}
		if goal, set := goals[r.SDK]; set {
			d.Goal = &goal
			if received, is := r.Figures[ReceivedPerSecond]; is {
				met := received >= goal
				d.GoalMet = &met
			}
		}
		documents[i] = d
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"rows": documents})
}
