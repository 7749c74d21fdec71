package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
)

// published are cases that make tokens, connect and talk, which any server can
// be asked to show, and one that must own the server.
const published = `^(tokens/create one and connect with it|tokens/revoke by text and by id` +
	`|delivery/the publisher gets its own message|modes/broadcast reaches everybody|closing/while the client connects)$`

// TestPublished runs cases against a server that runs already, by its addresses
// alone, over both transports.
func TestPublished(t *testing.T) {
	atRoot(t)
	output := t.TempDir()
	binary, err := testserver.Build(output, false)
	require.NoError(t, err)
	server, err := testserver.Start(testserver.Options{Binary: binary, Log: io.Discard})
	require.NoError(t, err)
	t.Cleanup(server.Kill)
	t.Setenv("FASTPUBSUB_MASTER_TOKEN", server.MasterToken)
	o, err := parse([]string{
		"--drivers", goOnly(t, output), "--output", output, "--run", published,
		"--websocket-url", "ws://" + server.HTTP + "/ws", "--grpc-url", "grpc://" + server.GRPC, "--http-url", "http://" + server.HTTP,
	})
	require.NoError(t, err)
	require.Len(t, o.cases, 5)
	var out bytes.Buffer
	passed, err := o.conform(t.Context(), &out, io.Discard)
	require.NoError(t, err)
	assert.True(t, passed, out.String())
	assert.Contains(t, out.String(), "8 PASSED, 2 "+string(scenario.NotRun), "four cases over two transports, and the one that owns the server")
	assert.NotContains(t, out.String(), server.MasterToken)

	server.Kill()
	out.Reset()
	passed, err = o.conform(t.Context(), &out, io.Discard)
	require.NoError(t, err)
	assert.False(t, passed, "the server is gone, and no other one takes its place")
	assert.NoFileExists(t, filepath.Join(o.built(), "fastpubsub"), "no server was built")
}

// goOnly is a file of drivers with that of the Go SDK.
func goOnly(t *testing.T, folder string) string {
	t.Helper()
	file := filepath.Join(folder, "go-only.json")
	text := `{"drivers":[
		{"name":"go","folder":"` + here(t) + `","source":"go.mod","tools":["go"],
		 "build":["go","build","-o","{output}/driver-go","./conformance/cmd/driver-go"],"command":["{output}/driver-go"]}]}`
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}
