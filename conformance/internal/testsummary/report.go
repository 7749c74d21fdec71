package main

import (
	"encoding/json"
	"io"
	"strings"
)

// event is one line of "go test -json" (see "go doc test2json"). Lines about a
// build have no Package but an ImportPath.
type event struct {
	Action, Package, Test, Output, ImportPath string
}

// report turns events into text and counts.
type report struct {
	out   io.Writer
	total total
	// What each test that has not ended yet has printed, and each package
	// outside of its tests, by package and test.
	printed map[[2]string]*strings.Builder
	// The packages of which a test has failed.
	failedTests map[string]bool
}

func newReport(out io.Writer) *report {
	return &report{out: out, printed: map[[2]string]*strings.Builder{}, failedTests: map[string]bool{}}
}

// line takes one line of input. A line that is no event goes through as it is.
func (r *report) line(text []byte) {
	var e event
	if err := json.Unmarshal(text, &e); err != nil || e.Action == "" {
		r.print(string(text))
		return
	}
	switch e.Action {
	case "output":
		r.keep(e)
	case "build-output":
		r.print(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.packageEnded(e)
		} else {
			r.testEnded(e)
		}
	}
}

func (r *report) keep(e event) {
	key := [2]string{e.Package, e.Test}
	if r.printed[key] == nil {
		r.printed[key] = &strings.Builder{}
	}
	r.printed[key].WriteString(e.Output)
}

func (r *report) testEnded(e event) {
	switch text := r.take(e.Package, e.Test); e.Action {
	case "pass":
		r.total.passed++
	case "skip":
		r.total.skipped++
		r.print(text)
	case "fail":
		r.total.failed++
		r.failedTests[e.Package] = true
		r.print(text)
	}
}

func (r *report) packageEnded(e event) {
	if e.Action != "fail" {
		// What a passing package says last: "ok", "?" or its benchmarks.
		r.print(strings.TrimPrefix(r.take(e.Package, ""), "PASS\n"))
		return
	}
	if !r.failedTests[e.Package] {
		r.total.failed++
	}
	for key, text := range r.printed {
		if key[0] == e.Package && key[1] != "" {
			// A test that never ended: the package died in it.
			r.print(text.String())
			delete(r.printed, key)
		}
	}
	r.print(r.take(e.Package, ""))
}

// take gives what was printed and forgets it.
func (r *report) take(pkg, test string) string {
	key := [2]string{pkg, test}
	text := r.printed[key]
	delete(r.printed, key)
	if text == nil {
		return ""
	}
	return text.String()
}

func (r *report) print(text string) {
	// Standard output of a developer's tool: a failure to write shows itself.
	_, _ = io.WriteString(r.out, text)
}
