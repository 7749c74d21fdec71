package repository

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// Where the specification is published.
const specificationFolder = "docs/src/spec"

var (
	// A rule is a row of a table that starts with its id.
	ruleRow = regexp.MustCompile(`(?m)^\| *([A-Z]{2,3}-[0-9]+) *\|`)
	ruleID  = regexp.MustCompile(`\b[A-Z]{2,3}-[0-9]+\b`)
)

// PublishedRules gives the id of every rule of the specification with the place
// where it stands, and a finding for each id that stands twice.
func PublishedRules(tree fs.FS) (map[string]Finding, []Finding, error) {
	files, err := HandWritten(tree)
	if err != nil {
		return nil, nil, err
	}
	rules := map[string]Finding{}
	var findings []Finding
	for _, file := range files {
		if path.Dir(file.Path) != specificationFolder {
			continue
		}
		for _, at := range ruleRow.FindAllSubmatchIndex(file.Text, -1) {
			id := string(file.Text[at[2]:at[3]])
			place := Finding{Path: file.Path, Line: file.LineAt(at[2]), Text: "rule " + id}
			if before, ok := rules[id]; ok {
				place.Text = fmt.Sprintf("rule %s stands twice, also at %s:%d", id, before.Path, before.Line)
				findings = append(findings, place)
				continue
			}
			rules[id] = place
		}
	}
	if len(rules) == 0 {
		findings = append(findings, Finding{Path: specificationFolder, Text: "holds no rule at all"})
	}
	return rules, findings, nil
}

// RuleCoverage finds rules of the specification that no test cites, and ids in
// tests that are no rule.
func RuleCoverage(tree fs.FS) ([]Finding, error) {
	rules, findings, err := PublishedRules(tree)
	if err != nil {
		return nil, err
	}
	families := map[string]bool{}
	for id := range rules {
		family, _, _ := strings.Cut(id, "-")
		families[family] = true
	}
	files, err := HandWritten(tree)
	if err != nil {
		return nil, err
	}
	cited := map[string]bool{}
	for _, file := range files {
		if !file.IsGoTest() || path.Dir(file.Path) == "conformance/internal/repository" {
			continue
		}
		for _, at := range ruleID.FindAllIndex(file.Text, -1) {
			id := string(file.Text[at[0]:at[1]])
			cited[id] = true
			family, _, _ := strings.Cut(id, "-")
			if _, known := rules[id]; families[family] && !known {
				findings = append(findings, Finding{Path: file.Path, Line: file.LineAt(at[0]),
					Text: fmt.Sprintf("cites %s, which is no rule of the specification", id)})
			}
		}
	}
	for id, place := range rules {
		if !cited[id] {
			place.Text = fmt.Sprintf("rule %s is cited by no test: name it in the test that shows it", id)
			findings = append(findings, place)
		}
	}
	return sorted(findings), nil
}
