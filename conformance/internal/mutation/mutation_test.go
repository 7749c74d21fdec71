package mutation_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/mutation"
	"github.com/fastpubsub/fastpubsub/conformance/interop"
	"github.com/fastpubsub/fastpubsub/conformance/suites"
)

// root is the root of the module.
const root = "../../.."

// atLeast is how many faults the suites must be tried with.
const atLeast = 25

// TestEveryMutationApplies fails when code has changed below a mutation: then the
// mutation has to follow.
func TestEveryMutationApplies(t *testing.T) {
	names := map[string]bool{}
	for _, m := range mutation.All() {
		name := string(m.Program) + ": " + m.Name
		assert.False(t, names[name], "%s stands twice", name)
		names[name] = true
		source, err := os.ReadFile(filepath.Join(root, m.File))
		require.NoError(t, err, name)
		mutated, err := m.Apply(source)
		if !assert.NoError(t, err) {
			continue
		}
		assert.NotEqual(t, string(source), string(mutated), name)
		if filepath.Ext(m.File) != ".go" {
			continue
		}
		_, err = parser.ParseFile(token.NewFileSet(), m.File, mutated, 0)
		assert.NoError(t, err, name)
	}
	assert.GreaterOrEqual(t, len(names), atLeast)
}

// TestEveryProgramHasMutations, the drivers of all SDKs included.
func TestEveryProgramHasMutations(t *testing.T) {
	faults := map[mutation.Program]int{}
	for _, m := range mutation.All() {
		faults[m.Program]++
	}
	sdks, err := matrix.LoadSDKs(filepath.Join(root, "conformance/drivers.json"))
	require.NoError(t, err)
	programs := []mutation.Program{mutation.Server}
	for _, name := range matrix.Names(sdks) {
		programs = append(programs, mutation.Program("sdk-"+name))
	}
	for _, program := range programs {
		assert.GreaterOrEqual(t, faults[program], 2, program)
	}
	assert.Len(t, faults, len(programs))
}

// TestEveryMutationNamesCases that there are.
func TestEveryMutationNamesCases(t *testing.T) {
	known := map[string]bool{}
	for _, c := range slices.Concat(suites.All(), interop.All()) {
		known[c.Name] = true
	}
	for _, m := range mutation.All() {
		assert.NotEmpty(t, m.Cases, m.Name)
		for _, name := range m.Cases {
			assert.True(t, known[name], "%s: there is no case %q", m.Name, name)
		}
	}
}

func TestApply(t *testing.T) {
	m := mutation.Mutation{Name: "fault", Program: mutation.SDK, File: "a.go", Edits: []mutation.Edit{{"one", "two"}, {"two three", "3"}}}
	mutated, err := m.Apply([]byte("one three"))
	require.NoError(t, err)
	assert.Equal(t, "3", string(mutated))
	_, err = m.Apply([]byte("one one three"))
	assert.EqualError(t, err, `sdk-go: "fault": edit 1 no longer applies: its text stands 2 times in a.go`)
	_, err = m.Apply([]byte("one four"))
	assert.ErrorContains(t, err, "edit 2 no longer applies: its text stands 0 times")
}

func TestOverlay(t *testing.T) {
	tree, folder := t.TempDir(), t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(tree, "pkg"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(tree, "pkg", "a.go"), []byte("package one"), 0o600))
	m := mutation.Mutation{File: "pkg/a.go", Edits: []mutation.Edit{{"one", "two"}}}
	list, err := m.Overlay(tree, folder)
	require.NoError(t, err)
	text, err := os.ReadFile(list)
	require.NoError(t, err)
	var overlay struct{ Replace map[string]string }
	require.NoError(t, json.Unmarshal(text, &overlay))
	mutated, err := os.ReadFile(overlay.Replace[filepath.Join(tree, "pkg", "a.go")])
	require.NoError(t, err)
	assert.Equal(t, "package two", string(mutated))

	m.File = "pkg/b.go"
	_, err = m.Overlay(tree, folder)
	assert.Error(t, err)
}
