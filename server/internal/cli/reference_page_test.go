package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The reference pages of the book say what the commands say.
func TestReferencePagesAreFresh(t *testing.T) {
	for _, page := range ReferencePages() {
		var want bytes.Buffer
		require.NoError(t, page.Write(&want))
		got, err := os.ReadFile(filepath.Join("../../../docs/src", filepath.FromSlash(page.Path)))
		require.NoError(t, err)
		assert.Equal(t, want.String(), string(got), "%s is stale; run \"go generate ./server/internal/cli\"", page.Path)
	}
}

func TestReferenceNamesEveryCommandAndFlag(t *testing.T) {
	var pages bytes.Buffer
	for _, page := range ReferencePages() {
		require.NoError(t, page.Write(&pages))
	}
	a := newApp(Process{})
	for command, table := range a.tables {
		assert.Contains(t, pages.String(), "## "+command.CommandPath()+"\n")
		for _, setting := range table {
			assert.Contains(t, pages.String(), "`--"+setting.Name+"`")
			if !setting.FlagOnly {
				assert.Contains(t, pages.String(), "`--"+setting.Name+"`<br>`"+setting.Variable()+"`")
			}
		}
	}
}
