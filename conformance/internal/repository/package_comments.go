package repository

import (
	"fmt"
	"io/fs"
	"strings"
)

// PackageComments finds Go packages without a doc comment, and those with more
// than one.
func PackageComments(tree fs.FS) ([]Finding, error) {
	sources, err := goSources(tree)
	if err != nil {
		return nil, err
	}
	type identity struct{ folder, name string }
	comments := map[identity][]string{}
	for _, source := range sources {
		// The external test package of a folder belongs to the package it tests.
		key := identity{source.folder(), strings.TrimSuffix(source.syntax.Name.Name, "_test")}
		if _, ok := comments[key]; !ok {
			comments[key] = nil
		}
		if strings.TrimSpace(source.syntax.Doc.Text()) != "" {
			comments[key] = append(comments[key], source.Path)
		}
	}
	var findings []Finding
	for key, places := range comments {
		switch {
		case len(places) == 0:
			findings = append(findings, Finding{Path: key.folder,
				Text: fmt.Sprintf("package %s has no doc comment: say in one place what it is for", key.name)})
		case len(places) > 1:
			findings = append(findings, Finding{Path: key.folder,
				Text: fmt.Sprintf("package %s has several doc comments (%s): keep one", key.name, strings.Join(places, ", "))})
		}
	}
	return sorted(findings), nil
}
