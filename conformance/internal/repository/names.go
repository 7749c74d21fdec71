package repository

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Names that say nothing of what a file or folder is about.
var emptyNames = []string{"util", "utils", "utility", "utilities", "helper", "helpers", "common", "manager", "managers", "misc"}

// Names finds files and folders that are named after nothing in particular. The
// list of files is the table of contents: each is named with a noun of the
// domain.
func Names(tree fs.FS) ([]Finding, error) {
	files, err := HandWritten(tree)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	seen := map[string]bool{}
	for _, file := range files {
		for name := file.Path; name != "." && !seen[name]; name = path.Dir(name) {
			seen[name] = true
			if word := emptyName(path.Base(name)); word != "" {
				findings = append(findings, Finding{Path: name,
					Text: fmt.Sprintf("is named %q, which says nothing: use the domain's noun", word)})
			}
		}
	}
	return sorted(findings), nil
}

func emptyName(base string) string {
	words := strings.FieldsFunc(strings.ToLower(base), func(r rune) bool { return strings.ContainsRune("._-", r) })
	for _, word := range words {
		if slices.Contains(emptyNames, word) {
			return word
		}
	}
	return ""
}
