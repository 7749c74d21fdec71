package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteTable writes all figures and the goals as text.
func (r *Result) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, name := range r.Workloads {
		fmt.Fprintf(t, "\n%s\n", r.Titles[name])
		for _, row := range r.rows(name) {
			fmt.Fprintln(t, strings.Join(row, "\t"))
		}
	}
	fmt.Fprint(t, "\nGoals\n")
	for _, row := range r.goalRows() {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, failure := range r.Failed() {
		if _, err := fmt.Fprintln(w, "FAILED:", failure); err != nil {
			return err
		}
	}
	return nil
}

// rows are the table of a workload, with a head, without columns that are empty.
func (r *Result) rows(workload string) [][]string {
	used := r.columns(workload)
	head := []string{"system"}
	for _, c := range used {
		head = append(head, c.title)
	}
	rows := [][]string{head}
	for _, m := range r.Measurements {
		if m.Workload != workload {
			continue
		}
		row := []string{m.System}
		switch {
		case m.NotRun != "":
			row = append(row, "NOT_RUN: "+m.NotRun)
		case len(m.Errors) > 0:
			row = append(row, fmt.Sprintf("FAILED in %d of %d", len(m.Errors), len(m.Errors)+len(m.Runs)))
		default:
			for _, c := range used {
				row = append(row, m.cell(c))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (m *Measurement) cell(c column) string {
	v, ok := m.Median(c.figure)
	if !ok {
		return "–"
	}
	text := fmt.Sprintf(c.format, v)
	if v >= 1000 && !strings.Contains(text, ".") {
		return grouped(text)
	}
	return text
}

func (r *Result) columns(workload string) []column {
	var used []column
	for _, c := range columns {
		for _, m := range r.Measurements {
			if _, ok := m.Median(c.figure); ok && m.Workload == workload {
				used = append(used, c)
				break
			}
		}
	}
	return used
}

// goalRows are the table of goals, with a head.
func (r *Result) goalRows() [][]string {
	rows := [][]string{{"goal", "system", "what", "result", "reference", "ratio", "bound", ""}}
	for _, v := range r.Verdicts() {
		rows = append(rows, v.row())
	}
	return rows
}

func (v Verdict) row() []string {
	id := v.ID
	if v.Later {
		id += " later"
	}
	system := v.System
	if system == "" {
		system = "index"
	}
	row := []string{id, system, v.Text, "–", "–", "–", v.bound(), v.word()}
	if v.Measured {
		row[3] = number(v.Value) + unit(v.Unit)
		if v.Reference > 0 {
			row[4], row[5] = number(v.Reference), fmt.Sprintf("%.3f", v.Compared)
		}
	}
	return row
}

func (v Verdict) bound() string { return "≤ " + number(v.Bound) + unit(v.Unit) }

func unit(u string) string {
	if u == "" {
		return ""
	}
	return " " + u
}

func (v Verdict) word() string {
	switch {
	case !v.Measured:
		return "NOT_RUN"
	case v.Met:
		return "met"
	default:
		return "not met"
	}
}

// number has three or four significant digits.
func number(v float64) string {
	switch {
	case v >= 1000:
		return grouped(fmt.Sprintf("%.0f", v))
	case v >= 1:
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
	default:
		return fmt.Sprintf("%.3g", v)
	}
}

// grouped puts commas between groups of three digits.
func grouped(digits string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
