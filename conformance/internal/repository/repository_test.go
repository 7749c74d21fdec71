package repository

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every rule of the repository, as CONTRIBUTING.md lists them.
var checks = []struct {
	name string
	of   func(fs.FS) ([]Finding, error)
}{
	{"import directions", ImportDirections},
	{"file sizes", FileSizes},
	{"function sizes", FunctionSizes},
	{"package comments", PackageComments},
	{"names", Names},
	{"words", Words},
	{"test style", TestStyle},
	{"links", Links},
	{"book pages", BookPages},
	{"rule coverage", RuleCoverage},
}

func TestThisTree(t *testing.T) {
	root, err := Root()
	require.NoError(t, err)
	tree := os.DirFS(root)
	for _, check := range checks {
		t.Run(check.name, func(t *testing.T) {
			findings, err := check.of(tree)
			require.NoError(t, err)
			assert.Empty(t, texts(findings), "see CONTRIBUTING.md")
		})
	}
}

// texts renders findings one a line, which is what a reader wants to see of a
// failed check.
func texts(findings []Finding) string {
	lines := make([]string, len(findings))
	for i, finding := range findings {
		lines[i] = "\n" + finding.String()
	}
	return strings.Join(lines, "")
}
