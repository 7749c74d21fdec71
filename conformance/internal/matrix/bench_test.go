package matrix

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBenchCommand(t *testing.T) {
	output := t.TempDir()
	sdk := SDK{Name: "x", Folder: "/nowhere", Bench: []string{"{output}/x/bench", "--fast"}}
	_, err := sdk.BenchCommand(output)
	assert.ErrorContains(t, err, "there is no measuring program")
	program := filepath.Join(output, "x", "bench")
	require.NoError(t, os.Mkdir(filepath.Dir(program), 0o700))
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\n"), 0o700))
	command, err := sdk.BenchCommand(output)
	require.NoError(t, err)
	assert.Equal(t, []string{program, "--fast"}, command)
	_, err = (&SDK{Name: "x"}).BenchCommand(output)
	assert.ErrorContains(t, err, "no measuring program is listed")
}

func TestEverySDKHasAMeasuringProgram(t *testing.T) {
	sdks, err := LoadSDKs("../../drivers.json")
	require.NoError(t, err)
	for _, sdk := range sdks {
		assert.NotEmpty(t, sdk.Bench, sdk.Name)
	}
}
