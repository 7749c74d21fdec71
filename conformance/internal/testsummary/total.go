package main

import "fmt"

// total counts tests and subtests by how they ended. A package that fails
// without a failing test, because it does not build or panics, counts as one
// failure.
type total struct{ passed, failed, skipped int }

func (t total) ran() int { return t.passed + t.failed }

// String is the closing line. Skipped tests are named only if there are any.
func (t total) String() string {
	line := fmt.Sprintf("%d passed, %d failed", t.passed, t.failed)
	if t.skipped > 0 {
		line += fmt.Sprintf(", %d skipped", t.skipped)
	}
	return line
}
