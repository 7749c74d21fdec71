// Package coverage says which rules of the published specification nothing
// shows: no conformance case, no vector, and no unit test that is named for it.
package coverage

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// UnitTests names, for rules that no case over a real connection can show, the
// file of a unit test that does, relative to the root of the module.
type UnitTests map[string]string

// LoadUnitTests reads the list.
func LoadUnitTests(tree fs.FS, file string) (UnitTests, error) {
	text, err := fs.ReadFile(tree, file)
	if err != nil {
		return nil, err
	}
	var document struct {
		Rules UnitTests `json:"rules"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return document.Rules, nil
}

// Sources are where a rule may be shown.
type Sources struct {
	// Cases are the conformance cases.
	Cases []scenario.Case
	// Vectors are the names of the vectors that show a rule, by the rule's id.
	Vectors map[string][]string
	// UnitTests are those that show what is left.
	UnitTests UnitTests
}

// Check compares the sources with the ids of the published rules, and gives what
// is wrong: a rule that nothing shows, an id that is no rule, a unit test that
// does not cite its rule.
func Check(tree fs.FS, published []string, s Sources) (findings []string) {
	shown := map[string]bool{}
	for i := range s.Cases {
		for _, rule := range s.Cases[i].Rules {
			shown[rule] = true
			if !slices.Contains(published, rule) {
				findings = append(findings, fmt.Sprintf("the case %q shows %s, which is no rule", s.Cases[i].Name, rule))
			}
		}
	}
	for rule := range s.Vectors {
		shown[rule] = true
	}
	for _, rule := range slices.Sorted(maps.Keys(s.UnitTests)) {
		shown[rule] = true
		if problem := s.UnitTests.problem(tree, rule, published); problem != "" {
			findings = append(findings, problem)
		}
	}
	for _, rule := range published {
		if !shown[rule] {
			findings = append(findings, fmt.Sprintf("the rule %s is shown by no case and no vector: write one, or name the unit test that shows it", rule))
		}
	}
	return findings
}

func (u UnitTests) problem(tree fs.FS, rule string, published []string) string {
	if !slices.Contains(published, rule) {
		return fmt.Sprintf("a unit test is named for %s, which is no rule", rule)
	}
	text, err := fs.ReadFile(tree, u[rule])
	if err != nil {
		return fmt.Sprintf("the unit test of %s: %v", rule, err)
	}
	if !regexp.MustCompile(`\b` + regexp.QuoteMeta(rule) + `\b`).Match(text) {
		return fmt.Sprintf("the unit test of %s, %s, does not cite it", rule, u[rule])
	}
	return ""
}
