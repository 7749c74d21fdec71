package repository

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// files is a tree made by hand: path to content.
type files map[string]string

func (f files) tree() fs.FS {
	tree := fstest.MapFS{}
	for name, text := range f {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

// assertFindings runs a check on a small tree and compares the places and
// texts of what it finds.
func assertFindings(t *testing.T, check func(fs.FS) ([]Finding, error), in files, want ...string) {
	t.Helper()
	findings, err := check(in.tree())
	require.NoError(t, err)
	got := make([]string, len(findings))
	for i, finding := range findings {
		got[i] = finding.String()
	}
	assert.Equal(t, append([]string{}, want...), got)
}
