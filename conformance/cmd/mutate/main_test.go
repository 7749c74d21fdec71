package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Chdir("../../..")
	output := t.TempDir()
	o, err := parse([]string{"--output", output, "--require", "sdk-rust"})
	require.NoError(t, err)
	assert.Greater(t, len(o.mutations), 25)
	assert.Len(t, o.sdks, 4)
	assert.Equal(t, "sdk-rust", o.require)
	o, err = parse([]string{"--output", output, "--run", "^sdk-go: forgets to resubscribe$"})
	require.NoError(t, err)
	assert.Len(t, o.mutations, 1)
	for _, c := range []struct {
		args    []string
		problem string
	}{
		{[]string{"--run", "["}, "--run: error parsing"},
		{[]string{"--run", "no such fault"}, "no fault matches"},
		{[]string{"all"}, "unexpected argument"},
		{[]string{"--parallel", "0"}, "at least 1"},
		{[]string{"--nonsense"}, "unknown flag"},
		{[]string{"--drivers", "nowhere.json"}, "nowhere.json"},
	} {
		caught, err := run(t.Context(), c.args, io.Discard, io.Discard)
		assert.False(t, caught)
		assert.ErrorContains(t, err, c.problem)
	}
}

func TestList(t *testing.T) {
	t.Chdir("../../..")
	var out bytes.Buffer
	caught, err := run(t.Context(), []string{"--output", t.TempDir(), "--list", "--run", "one delivery"}, &out, io.Discard)
	require.NoError(t, err)
	assert.True(t, caught)
	assert.Equal(t, "server: drops one delivery in a thousand\n", out.String())
}

// TestRun tries one fault for real.
func TestRun(t *testing.T) {
	t.Chdir("../../..")
	output := t.TempDir()
	var out, progress bytes.Buffer
	caught, err := run(t.Context(), []string{"--output", output, "--run", "^server: delivers twice$"}, &out, &progress)
	require.NoError(t, err)
	assert.True(t, caught, out.String()+progress.String())
	const closing = "\n1 mutations: 1 caught, 0 survived\n"
	assert.Contains(t, out.String(), closing)
	text, err := os.ReadFile(filepath.Join(output, "mutations.txt"))
	require.NoError(t, err)
	assert.Contains(t, string(text), closing)
}
