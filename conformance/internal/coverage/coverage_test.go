package coverage_test

import (
	"maps"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/coverage"
	"github.com/fastpubsub/fastpubsub/conformance/internal/repository"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/interop"
	"github.com/fastpubsub/fastpubsub/conformance/suites"
	"github.com/fastpubsub/fastpubsub/conformance/vectors"
)

// TestEveryRuleIsShown holds this tree to its published specification.
func TestEveryRuleIsShown(t *testing.T) {
	root, err := repository.Root()
	require.NoError(t, err)
	tree := os.DirFS(root)
	published, _, err := repository.PublishedRules(tree)
	require.NoError(t, err)
	cited, err := vectors.Cited()
	require.NoError(t, err)
	tests, err := coverage.LoadUnitTests(tree, "conformance/unit_tests.json")
	require.NoError(t, err)
	findings := coverage.Check(tree, slices.Sorted(maps.Keys(published)), coverage.Sources{
		Cases: slices.Concat(suites.All(), interop.All()), Vectors: cited, UnitTests: tests,
	})
	for _, finding := range findings {
		t.Error(finding)
	}
}

func TestCheck(t *testing.T) {
	tree := fstest.MapFS{
		"a_test.go": {Data: []byte("// DL-10 and DL-3.")},
		"list.json": {Data: []byte(`{"rules":{"DL-3":"a_test.go"}}`)},
		"bad.json":  {Data: []byte(`[`)},
	}
	published := []string{"DL-1", "DL-2", "DL-3"}
	good := coverage.Sources{
		Cases:     []scenario.Case{{Name: "a/b", Rules: []string{"DL-1"}}},
		Vectors:   map[string][]string{"DL-2": {"match.json: x"}},
		UnitTests: coverage.UnitTests{"DL-3": "a_test.go"},
	}
	assert.Empty(t, coverage.Check(tree, published, good))
	assert.Equal(t, []string{
		`the case "a/b" shows DL-9, which is no rule`,
		"the unit test of DL-1, a_test.go, does not cite it",
		"the unit test of DL-2: open b_test.go: file does not exist",
		"a unit test is named for DL-7, which is no rule",
		"the rule DL-3 is shown by no case and no vector: write one, or name the unit test that shows it",
	}, coverage.Check(tree, published, coverage.Sources{
		Cases:     []scenario.Case{{Name: "a/b", Rules: []string{"DL-9"}}},
		UnitTests: coverage.UnitTests{"DL-1": "a_test.go", "DL-2": "b_test.go", "DL-7": "a_test.go"},
	}))
	tests, err := coverage.LoadUnitTests(tree, "list.json")
	require.NoError(t, err)
	assert.Equal(t, good.UnitTests, tests)
	for _, file := range []string{"bad.json", "missing.json"} {
		_, err := coverage.LoadUnitTests(tree, file)
		assert.ErrorContains(t, err, file)
	}
}
