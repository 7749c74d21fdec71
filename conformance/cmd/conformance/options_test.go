package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// atRoot makes the root of the module the working directory, where the flags'
// defaults are.
func atRoot(t *testing.T) { t.Chdir("../../..") }

func TestDefaults(t *testing.T) {
	atRoot(t)
	o, err := parse(nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"go", "rust", "java", "csharp"}, matrix.Names(o.sdks))
	assert.Equal(t, []scenario.Transport{scenario.WebSocket, scenario.GRPC}, o.transports)
	assert.NotEmpty(t, o.cases)
	assert.Nil(t, o.remote)
}

func TestChoices(t *testing.T) {
	atRoot(t)
	o, err := parse([]string{"--sdk", "go", "--transport", "grpc", "--run", "^delivery/"})
	require.NoError(t, err)
	assert.Equal(t, []string{"go"}, matrix.Names(o.sdks))
	assert.Equal(t, []scenario.Transport{scenario.GRPC}, o.transports)
	for _, c := range o.cases {
		assert.Regexp(t, "^delivery/", c.Name)
	}
	o, err = parse([]string{"--interop", "--sdk", "go,rust"})
	require.NoError(t, err)
	var names []string
	for _, l := range o.lineUps(o.sdks) {
		names = append(names, l.name)
	}
	assert.Equal(t, []string{"go→go", "go→rust", "rust→go", "rust→rust"}, names)
	assert.Contains(t, o.names(), "java→csharp")
	assert.Contains(t, o.names(), "java")
}

func TestPublishedServer(t *testing.T) {
	atRoot(t)
	t.Setenv("FASTPUBSUB_MASTER_TOKEN", "sixteen characters")
	o, err := parse([]string{"--grpc-url", "grpcs://host:443", "--http-url", "https://host/"})
	require.NoError(t, err)
	assert.Equal(t, &scenario.Remote{GRPCURL: "grpcs://host:443", HTTPURL: "https://host", MasterToken: "sixteen characters"}, o.remote)
	assert.Equal(t, []scenario.Transport{scenario.GRPC}, o.transports)
}

func TestWrongUse(t *testing.T) {
	atRoot(t)
	t.Setenv("FASTPUBSUB_MASTER_TOKEN", "")
	for _, c := range []struct {
		args    []string
		problem string
	}{
		{[]string{"go"}, `unexpected argument "go"`},
		{[]string{"--sdk", "perl"}, `there is no SDK "perl"`},
		{[]string{"--transport", "pigeon"}, `there is no "pigeon"`},
		{[]string{"--run", "("}, "--run: error parsing regexp"},
		{[]string{"--run", "no such case"}, `no case matches "no such case"`},
		{[]string{"--parallel", "0"}, "--parallel is 0"},
		{[]string{"--drivers", "nowhere.json"}, "nowhere.json"},
		{[]string{"--nonsense"}, "unknown flag"},
		{[]string{"--http-url", "http://h", "--websocket-url", "ws://h"}, "--master-token is missing"},
		{[]string{"--websocket-url", "ws://h", "--master-token", "x"}, "--http-url is missing"},
		{[]string{"--http-url", "http://h", "--master-token", "x"}, "neither --websocket-url nor --grpc-url"},
		{[]string{"--http-url", "http://h", "--master-token", "x", "--grpc-url", "grpc://h", "--transport", "websocket"}, "no URL of the server is given for websocket"},
		{[]string{"--http-url", "http://h", "--server", "x"}, "give one or the other"},
	} {
		_, err := parse(c.args)
		assert.ErrorContains(t, err, c.problem)
		passed, err := run(t.Context(), c.args, io.Discard, io.Discard)
		assert.False(t, passed)
		assert.ErrorContains(t, err, c.problem, c.args)
	}
}

func TestList(t *testing.T) {
	var b bytes.Buffer
	list(&b, []scenario.Case{
		{Name: "a/one", Rules: []string{"DL-1", "DL-2"}},
		{Name: "b/two", Needs: []string{"lag", "leaks"}, OwnsServer: true},
		{Name: "c/three", OwnsServer: true, OwnsCluster: true},
	})
	assert.Equal(t, "a/one [DL-1 DL-2]\nb/two [] needs lag, leaks, owns the server\nc/three [], owns the server, and a cluster of them\n", b.String())
}

// TestRun runs one case for real, with the driver and the server of this tree.
func TestRun(t *testing.T) {
	atRoot(t)
	output := t.TempDir()
	drivers := filepath.Join(output, "drivers.json")
	text := `{"drivers":[
		{"name":"go","folder":"` + here(t) + `","source":"go.mod","tools":["go"],
		 "build":["go","build","-o","{output}/driver-go","./conformance/cmd/driver-go"],"command":["{output}/driver-go"]},
		{"name":"rust","source":"no/such/driver","command":["none"]}]}`
	require.NoError(t, os.WriteFile(drivers, []byte(text), 0o600))
	o, err := parse([]string{
		"--interop", "--drivers", drivers, "--output", output, "--transport", "grpc", "--run", "^interop/an empty payload arrives$", "--require", "sdk-go",
	})
	require.NoError(t, err)
	conform := func() (bool, string) {
		var out bytes.Buffer
		passed, err := o.conform(t.Context(), &out, io.Discard)
		require.NoError(t, err)
		return passed, out.String()
	}
	passed, printed := conform()
	assert.True(t, passed, printed)
	assert.Contains(t, printed, "go→go")
	assert.Contains(t, printed, "NOT_RUN rust: there is no driver")
	assert.Contains(t, printed, ": 1 PASSED, 1 of 2 SDKs not run\n")
	assert.FileExists(t, filepath.Join(output, "interop.xml"))

	o.interop = false
	passed, printed = conform()
	assert.True(t, passed, printed)
	assert.NotContains(t, printed, "go→go")
	assert.FileExists(t, filepath.Join(output, "conformance.json"))

	o.require = "sdk-go sdk-rust"
	passed, _ = conform()
	assert.False(t, passed, "a required SDK was not run")

	o.require, o.capabilities = "", matrix.Capabilities{"go": {"flying"}}
	passed, printed = conform()
	assert.False(t, passed, "the driver lacks what is pinned")
	assert.Contains(t, printed, `the driver has dropped the capability "flying"`)
}

func here(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	require.NoError(t, err)
	return folder
}
