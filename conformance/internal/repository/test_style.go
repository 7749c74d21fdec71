package repository

import (
	"fmt"
	"go/ast"
	"io/fs"
	"slices"
)

// Methods of testing.T, B and F by which a test says that it does not run.
var skips = []string{"Skip", "Skipf", "SkipNow"}

// The names that variables of those types have.
var testVariables = []string{"t", "b", "f", "tb"}

// TestStyle finds tests that sleep and tests that skip themselves. A sleep by
// the real clock is either too short or too long: a channel or a deadline tells
// when something has happened. A function that uses testing/synctest may sleep,
// since the clock is a fake there. A skipped test looks like a passed one.
func TestStyle(tree fs.FS) ([]Finding, error) {
	sources, err := goSources(tree)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, source := range sources {
		if !source.IsGoTest() {
			continue
		}
		for _, declaration := range source.syntax.Decls {
			findings = append(findings, testStyleOf(source, declaration)...)
		}
	}
	return findings, nil
}

func testStyleOf(source goSource, declaration ast.Decl) []Finding {
	clock, fakeClock := source.localName("time"), source.localName("testing/synctest")
	var sleeps, skipped []Finding
	faked := false
	ast.Inspect(declaration, func(node ast.Node) bool {
		receiver, method := calledMethod(node)
		switch {
		case receiver == "":
		case receiver == fakeClock:
			faked = true
		case receiver == clock && method == "Sleep":
			sleeps = append(sleeps, Finding{Path: source.Path, Line: source.line(node.Pos()),
				Text: "a test sleeps: use testing/synctest, or wait for the event itself"})
		case slices.Contains(testVariables, receiver) && slices.Contains(skips, method):
			skipped = append(skipped, Finding{Path: source.Path, Line: source.line(node.Pos()),
				Text: fmt.Sprintf("a test calls %s: a test that cannot run must fail", method)})
		}
		return true
	})
	if faked {
		return skipped
	}
	return append(sleeps, skipped...)
}

// calledMethod gives the parts of a call of the form receiver.method(…), empty
// for any other node.
func calledMethod(node ast.Node) (receiver, method string) {
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return "", ""
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	name, ok := selector.X.(*ast.Ident)
	if !ok {
		return "", ""
	}
	return name.Name, selector.Sel.Name
}
