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
// when something has happened. A function that uses testing/synctest, itself or
// by another function of its package, may sleep, since the clock is a fake
// there. A skipped test looks like a passed one.
func TestStyle(tree fs.FS) ([]Finding, error) {
	sources, err := goSources(tree)
	if err != nil {
		return nil, err
	}
	var functions []testFunction
	for _, source := range sources {
		if !source.IsGoTest() {
			continue
		}
		for _, declaration := range source.syntax.Decls {
			functions = append(functions, readTestFunction(source, declaration))
		}
	}
	spreadFakeClocks(functions)
	var findings []Finding
	for _, function := range functions {
		if !function.faked {
			findings = append(findings, function.sleeps...)
		}
		findings = append(findings, function.skipped...)
	}
	return findings, nil
}

// testFunction is what one declaration of a test file does.
type testFunction struct {
	folder, name string
	// faked: the clock is that of testing/synctest.
	faked           bool
	calls           []string
	sleeps, skipped []Finding
}

func readTestFunction(source goSource, declaration ast.Decl) testFunction {
	function := testFunction{folder: source.folder()}
	if declared, ok := declaration.(*ast.FuncDecl); ok {
		function.name = declared.Name.Name
	}
	clock, fakeClock := source.localName("time"), source.localName("testing/synctest")
	ast.Inspect(declaration, func(node ast.Node) bool {
		receiver, name := calledFunction(node)
		switch {
		case name == "":
		case receiver != "" && receiver == fakeClock:
			function.faked = true
		case receiver != "" && receiver == clock:
			if name == "Sleep" {
				function.sleeps = append(function.sleeps, Finding{Path: source.Path, Line: source.line(node.Pos()),
					Text: "a test sleeps: use testing/synctest, or wait for the event itself"})
			}
		case slices.Contains(testVariables, receiver) && slices.Contains(skips, name):
			function.skipped = append(function.skipped, Finding{Path: source.Path, Line: source.line(node.Pos()),
				Text: fmt.Sprintf("a test calls %s: a test that cannot run must fail", name)})
		default:
			function.calls = append(function.calls, name)
		}
		return true
	})
	return function
}

// spreadFakeClocks marks the functions that call, in their package, one that
// uses a fake clock, until no more are found.
func spreadFakeClocks(functions []testFunction) {
	type identity struct{ folder, name string }
	faked := map[identity]bool{}
	for changed := true; changed; {
		changed = false
		for i := range functions {
			f := &functions[i]
			f.faked = f.faked || slices.ContainsFunc(f.calls, func(name string) bool { return faked[identity{f.folder, name}] })
			if key := (identity{f.folder, f.name}); f.faked && !faked[key] {
				faked[key], changed = true, true
			}
		}
	}
}

// calledFunction gives the parts of a call of the form name(…), without a
// receiver, or receiver.name(…); empty for any other node.
func calledFunction(node ast.Node) (receiver, name string) {
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return "", ""
	}
	switch called := call.Fun.(type) {
	case *ast.Ident:
		return "", called.Name
	case *ast.SelectorExpr:
		if receiver, ok := called.X.(*ast.Ident); ok {
			return receiver.Name, called.Sel.Name
		}
		return "", called.Sel.Name
	}
	return "", ""
}
