package repository

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// The address under which the repository is published, as links of the book to
// source code begin.
const sourceAddress = "https://github.com/fastpubsub/fastpubsub/"

var (
	// An inline link or picture of Markdown. Code spans and blocks hold no
	// links and are cut out before.
	markdownLink = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	markdownCode = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	// What the book takes in from another file.
	bookInclude = regexp.MustCompile(`\{\{#(?:rustdoc_)?include ([^}: ]+)[^}]*\}\}`)
	heading     = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// Links finds links of Markdown files to files, headings and source code of this
// tree that are not there, and includes of files that are not there.
func Links(tree fs.FS) ([]Finding, error) {
	files, err := HandWritten(tree)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, file := range files {
		if path.Ext(file.Path) != ".md" {
			continue
		}
		for _, at := range bookInclude.FindAllSubmatchIndex(file.Text, -1) {
			target := path.Join(path.Dir(file.Path), string(file.Text[at[2]:at[3]]))
			if _, err := fs.Stat(tree, target); err != nil {
				findings = append(findings, Finding{Path: file.Path, Line: file.LineAt(at[0]), Text: "includes " + target + ", which is not there"})
			}
		}
		prose := blank(file.Text)
		for _, at := range markdownLink.FindAllSubmatchIndex(prose, -1) {
			target := string(prose[at[2]:at[3]])
			if reason := broken(tree, file.Path, target); reason != "" {
				findings = append(findings, Finding{Path: file.Path, Line: file.LineAt(at[2]), Text: fmt.Sprintf("link to %s: %s", target, reason)})
			}
		}
	}
	return findings, nil
}

// blank replaces code by spaces, so that places keep their line numbers.
func blank(text []byte) []byte {
	return markdownCode.ReplaceAllFunc(text, func(code []byte) []byte {
		for i := range code {
			if code[i] != '\n' {
				code[i] = ' '
			}
		}
		return code
	})
}

// broken says why a link leads nowhere; "" when it is good or leads outside.
func broken(tree fs.FS, from, target string) string {
	if place, ok := strings.CutPrefix(target, sourceAddress); ok {
		return brokenSource(tree, place)
	}
	if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
		return ""
	}
	name, anchor, _ := strings.Cut(target, "#")
	page := from
	if name != "" {
		page = path.Join(path.Dir(from), name)
	}
	text, err := fs.ReadFile(tree, page)
	if err != nil {
		if entry, err := fs.Stat(tree, page); err == nil && entry.IsDir() {
			return ""
		}
		return "no such file"
	}
	if anchor != "" && path.Ext(page) == ".md" && !hasHeading(text, anchor) {
		return "no such heading"
	}
	return ""
}

// brokenSource checks "tree/main/PATH" and "blob/main/PATH".
func brokenSource(tree fs.FS, place string) string {
	parts := strings.SplitN(place, "/", 3)
	if len(parts) < 3 || (parts[0] != "tree" && parts[0] != "blob") {
		return ""
	}
	entry, err := fs.Stat(tree, parts[2])
	switch {
	case err != nil:
		return "no such file or folder"
	case entry.IsDir() != (parts[0] == "tree"):
		return "tree/ is for folders, blob/ is for files"
	}
	return ""
}

func hasHeading(text []byte, anchor string) bool {
	for _, match := range heading.FindAllSubmatch(text, -1) {
		plain := notInAnchor.ReplaceAllString(strings.ToLower(string(match[1])), "")
		if strings.ReplaceAll(plain, " ", "-") == anchor {
			return true
		}
	}
	return false
}
