package sdkbench

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Occasion is when, where and how often the SDKs were measured.
type Occasion struct {
	Date     time.Time
	Revision string // of this tree; empty when it is not known
	Machine  string
	Runs     int
}

// Markdown writes the occasion, the table and what went wrong, for the book.
func Markdown(w io.Writer, o *Occasion, rows []Row) error {
	var b strings.Builder
	fmt.Fprintf(&b, "| | |\n|---|---|\n| date | %s |\n", o.Date.UTC().Format("2006-01-02 15:04 UTC"))
	if o.Revision != "" {
		fmt.Fprintf(&b, "| revision | %s |\n", o.Revision)
	}
	fmt.Fprintf(&b, "| machine | %s |\n| runs | %d; figures are medians |\n\n", o.Machine, o.Runs)
	b.WriteString("| SDK | transport |")
	for _, c := range columns {
		fmt.Fprintf(&b, " %s |", c.title)
	}
	fmt.Fprintf(&b, " goal |\n|---|---|%s---|\n", strings.Repeat("---:|", len(columns)))
	for i := range rows {
		r := &rows[i]
		fmt.Fprintf(&b, "| %s | %s |", r.SDK, r.Transport)
		for _, c := range columns {
			fmt.Fprintf(&b, " %s |", r.show(&c))
		}
		fmt.Fprintf(&b, " %s |\n", r.Goal())
	}
	for _, problem := range problems(rows) {
		fmt.Fprintf(&b, "\n* %s", problem)
	}
	_, err := io.WriteString(w, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}
