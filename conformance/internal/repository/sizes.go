package repository

import (
	"fmt"
	"go/ast"
	"io/fs"
)

// The longest that a hand-written file and a function may be, in lines. Readers
// hold about that much in mind; see CONTRIBUTING.md.
const (
	maxFileLines     = 600
	maxFunctionLines = 80
)

// The one text that is kept word by word as it was given to us.
const licenceFile = "LICENSE"

// FileSizes finds hand-written files that are too long.
func FileSizes(tree fs.FS) ([]Finding, error) {
	files, err := HandWritten(tree)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, file := range files {
		if n := file.Lines(); n > maxFileLines && file.Path != licenceFile {
			findings = append(findings, Finding{Path: file.Path,
				Text: fmt.Sprintf("has %d lines, at most %d are allowed: split it by concept", n, maxFileLines)})
		}
	}
	return findings, nil
}

// FunctionSizes finds hand-written Go functions that are too long, counted from
// "func" to the closing brace.
func FunctionSizes(tree fs.FS) ([]Finding, error) {
	sources, err := goSources(tree)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, source := range sources {
		for _, declaration := range source.syntax.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			first, last := source.line(function.Pos()), source.line(function.End())
			if n := last - first + 1; n > maxFunctionLines {
				findings = append(findings, Finding{Path: source.Path, Line: first,
					Text: fmt.Sprintf("function %s has %d lines, at most %d are allowed: give its parts names", function.Name.Name, n, maxFunctionLines)})
			}
		}
	}
	return findings, nil
}
