package repository

import "testing"

func TestNames(t *testing.T) {
	assertFindings(t, Names, files{
		"server/internal/util/a.go": "package util\n",
		"server/internal/util/b.go": "package util\n",
		"hub/test_helper_test.go":   "package hub\n",
		"src/Common.cs":             "class A {}\n",
		"good/utilisation.go":       "package good\n",
		"good/commonwealth.go":      "package good\n",
	},
		`hub/test_helper_test.go: is named "helper", which says nothing: use the domain's noun`,
		`server/internal/util: is named "util", which says nothing: use the domain's noun`,
		`src/Common.cs: is named "common", which says nothing: use the domain's noun`,
	)
}
