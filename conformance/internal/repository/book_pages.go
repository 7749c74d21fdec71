package repository

import (
	"io/fs"
	"path"
	"strings"
)

const (
	bookFolder  = "docs/src"
	bookSummary = bookFolder + "/SUMMARY.md"
)

// BookPages finds pages of the book that its table of contents does not name;
// the book's builder leaves such pages out without a word.
func BookPages(tree fs.FS) ([]Finding, error) {
	summary, err := fs.ReadFile(tree, bookSummary)
	if err != nil {
		return nil, err
	}
	listed := map[string]bool{bookSummary: true}
	for _, match := range markdownLink.FindAllSubmatch(summary, -1) {
		listed[path.Join(bookFolder, string(match[1]))] = true
	}
	var findings []Finding
	err = fs.WalkDir(tree, bookFolder, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(name, ".md") && !listed[name] {
			findings = append(findings, Finding{Path: name, Text: "is not in SUMMARY.md, so that the book leaves it out"})
		}
		return err
	})
	return findings, err
}
