package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A full disk behind the standard output ends the driver, loudly.
func TestAFullDiskIsAnError(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if os.IsNotExist(err) {
		t.Log("this system has no /dev/full; the driver's own tests show the rest")
		return
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, full.Close()) }()
	program := filepath.Join(t.TempDir(), "driver-go")
	output, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, "%s", output)
	var printed bytes.Buffer
	command := exec.Command(program)
	command.Stdout, command.Stderr = full, &printed
	runner, err := command.StdinPipe() // stays open
	require.NoError(t, err)
	defer func() { _ = runner.Close() }()
	var exit *exec.ExitError
	require.ErrorAs(t, command.Run(), &exit)
	assert.Equal(t, 1, exit.ExitCode())
	assert.Contains(t, printed.String(), "no space left on device")
}
