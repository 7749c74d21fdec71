package repository

import "testing"

const smallSpecification = "# Names\n\n| id | rule |\n|---|---|\n| QX-1 | one |\n| QX-2 | two |\n| QX-10 | ten |\n"

func TestRuleCoverage(t *testing.T) {
	assertFindings(t, RuleCoverage, files{
		"docs/src/spec/names.md": smallSpecification,
		"a_test.go":              "package a\n\n// QX-10 and UTF-8.\n",
		"b.go":                   "package b\n\n// QX-1 in code that is no test does not count.\n",
		"c_test.go":              "package c\n\nfunc Test_QX_2() {} // QX-2, QX-3\n",
	},
		"c_test.go:3: cites QX-3, which is no rule of the specification",
		"docs/src/spec/names.md:5: rule QX-1 is cited by no test: name it in the test that shows it",
	)
}

func TestPublishedRulesStandOnce(t *testing.T) {
	assertFindings(t, RuleCoverage, files{
		"docs/src/spec/names.md": smallSpecification,
		"docs/src/spec/other.md": "| QX-2 | again |\n",
		"a_test.go":              "package a\n\n// QX-1 QX-2 QX-10\n",
	},
		"docs/src/spec/other.md:1: rule QX-2 stands twice, also at docs/src/spec/names.md:6",
	)
}

func TestASpecificationWithoutRulesIsFound(t *testing.T) {
	assertFindings(t, RuleCoverage, files{"docs/src/spec/names.md": "# Nothing\n"},
		"docs/src/spec: holds no rule at all")
}
