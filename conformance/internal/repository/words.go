package repository

import (
	"bytes"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
)

// wordRule is a text that must not stand in the tree.
type wordRule struct {
	// Files without any of these texts, which are searched for fast, cannot match.
	hints   []string
	pattern *regexp.Regexp
	advice  string
}

// The patterns are written so that they do not match themselves.
var wordRules = []wordRule{
	{
		[]string{"/work/", "/root/", "/home/", "/Users/", "/tmp/"},
		regexp.MustCompile(`(?:^|[^A-Za-z0-9_./-])/(?:work|root|home|Users|tmp/brief)/[A-Za-z0-9_.-]`),
		"a path of one machine: use a relative path or a temporary folder",
	},
	{
		[]string{"golang.", "npmjs.", "maven.", "crates.", "pythonhosted.", "debian.", "nuget."},
		regexp.MustCompile(`\b(?:proxy[.]golang|sum[.]golang|registry[.]npmjs|repo1?[.]maven|static[.]crates|index[.]crates|files[.]pythonhosted|deb[.]debian|api[.]nuget)[.]`),
		"the host of a package registry: package managers know their own",
	},
	{
		[]string{"TO" + "DO", "FIX" + "ME", "X" + "XX"},
		regexp.MustCompile(`\b(?:TO[D]O|FIX[M]E|X[X]X)\b`),
		"unfinished work: finish it or file an issue",
	},
}

func (r wordRule) mayMatch(text []byte) bool {
	return slices.ContainsFunc(r.hints, func(hint string) bool { return bytes.Contains(text, []byte(hint)) })
}

// Words finds texts that do not belong into the tree.
func Words(tree fs.FS) ([]Finding, error) {
	files, err := HandWritten(tree)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, file := range files {
		for _, rule := range wordRules {
			if !rule.mayMatch(file.Text) {
				continue
			}
			for _, at := range rule.pattern.FindAllIndex(file.Text, -1) {
				findings = append(findings, Finding{Path: file.Path, Line: file.LineAt(at[0]),
					Text: fmt.Sprintf("%q is %s", file.Text[at[0]:at[1]], rule.advice)})
			}
		}
	}
	return findings, nil
}
