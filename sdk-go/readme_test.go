package fastpubsub_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The program of the README compiles: it is a program of this tree.
func TestReadmeProgram(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	program, err := os.ReadFile("internal/quickstart/main.go")
	require.NoError(t, err)
	_, withoutComment, found := strings.Cut(string(program), "\n")
	require.True(t, found)
	assert.Contains(t, string(readme), "```go\n"+withoutComment+"```\n")
}
