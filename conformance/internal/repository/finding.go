package repository

import (
	"cmp"
	"fmt"
	"slices"
)

// Finding is one place where the tree breaks a rule.
type Finding struct {
	// Path is the file or folder, relative to the root of the tree.
	Path string
	// Line counts from 1. 0: the finding is about the file as a whole.
	Line int
	// Text says what is wrong and what to do.
	Text string
}

// String gives the form that editors make a link of: "path:line: text".
func (f Finding) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s", f.Path, f.Text)
	}
	return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Text)
}

// sorted orders findings by path and line, in place.
func sorted(findings []Finding) []Finding {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	return findings
}
