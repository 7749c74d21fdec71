package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Chdir(t.TempDir())
	o, err := parse(nil)
	require.NoError(t, err)
	assert.Greater(t, len(o.mutations), 25)
	o, err = parse([]string{"--run", "^sdk-go: forgets to resubscribe$"})
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
	} {
		_, err := parse(c.args)
		assert.ErrorContains(t, err, c.problem)
		var out, progress bytes.Buffer
		assert.Equal(t, exitWrongUse, run(t.Context(), c.args, &out, &progress))
		assert.Contains(t, progress.String(), c.problem)
	}
}

func TestList(t *testing.T) {
	t.Chdir(t.TempDir())
	var out, progress bytes.Buffer
	assert.Equal(t, exitCaught, run(t.Context(), []string{"--list", "--run", "one delivery"}, &out, &progress))
	assert.Equal(t, "server: drops one delivery in a thousand\n", out.String())
}

// TestRun tries one fault for real.
func TestRun(t *testing.T) {
	t.Chdir("../../..")
	var out, progress bytes.Buffer
	code := run(t.Context(), []string{"--output", t.TempDir(), "--run", "^server: delivers twice$"}, &out, &progress)
	assert.Equal(t, exitCaught, code, out.String()+progress.String())
	assert.Contains(t, out.String(), "1 mutations: 1 caught, 0 survived, 0 not tried")
}
