package matrix

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// written is a file with a text.
func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "document.json")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestThisTreesFiles(t *testing.T) {
	sdks, err := LoadSDKs("../../drivers.json")
	require.NoError(t, err)
	assert.Equal(t, []string{"go", "rust", "java", "csharp"}, Names(sdks))
	assert.Empty(t, sdks[0].Missing())
	capabilities, err := LoadCapabilities("../../capabilities.json")
	require.NoError(t, err)
	for _, name := range Names(sdks) {
		assert.NotEmpty(t, capabilities[name], name)
	}
	_, err = LoadKnownFailures("../../known_failures.json")
	assert.NoError(t, err)
}

func TestWrongFiles(t *testing.T) {
	for text, problem := range map[string]string{
		`{"drivers":[{"name":"go"}]}`: "driver 1 needs a name of its own and a command",
		`{"drivers":[{"name":"go","command":["x"]},{"name":"go","command":["y"]}]}`: "driver 2 needs a name of its own",
		`{"driver":[]}`: `unknown field "driver"`,
		`{`:             "unexpected EOF",
	} {
		_, err := LoadSDKs(written(t, text))
		assert.ErrorContains(t, err, problem)
	}
	_, err := LoadSDKs("nowhere.json")
	assert.ErrorContains(t, err, "nowhere.json")
	_, err = LoadCapabilities(written(t, `[]`))
	assert.Error(t, err)
	_, err = LoadKnownFailures(written(t, `{"known_failures":[{"sdk":"go","case":"a/b","reason":"slow"}]}`))
	assert.ErrorContains(t, err, "known failure 1 needs sdk, case, reason and message")
}

func TestChoose(t *testing.T) {
	sdks := []SDK{{Name: "go"}, {Name: "rust"}}
	chosen, err := Choose(sdks, []string{"rust"})
	require.NoError(t, err)
	assert.Equal(t, []string{"rust"}, Names(chosen))
	chosen, err = Choose(sdks, nil)
	require.NoError(t, err)
	assert.Len(t, chosen, 2)
	_, err = Choose(sdks, []string{"perl"})
	assert.EqualError(t, err, `there is no SDK "perl"; known are go, rust`)
}

func TestRequired(t *testing.T) {
	rust := SDK{Name: "rust"}
	assert.True(t, rust.Required("docs sdk-rust"))
	assert.True(t, rust.Required("go rust"))
	assert.False(t, rust.Required("docs sdk-rusty"))
	assert.False(t, rust.Required(""))
}

func TestMissing(t *testing.T) {
	folder := t.TempDir()
	assert.Equal(t, "no-such-tool-at-all is not installed", (&SDK{Folder: folder, Tools: []string{"no-such-tool-at-all"}}).Missing())
	assert.Contains(t, (&SDK{Folder: folder, Source: "driver.c"}).Missing(), "there is no driver: driver.c")
	assert.Empty(t, (&SDK{Folder: folder, Source: ".", Tools: []string{"go"}}).Missing())
}

func TestBuild(t *testing.T) {
	folder, output := t.TempDir(), t.TempDir()
	script := filepath.Join(folder, "build.sh")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho building; pwd > \"$1/where\"; exit $2\n"), 0o700))
	good := SDK{Name: "x", Folder: folder, Build: []string{"./build.sh", "{output}", "0"}}
	require.NoError(t, good.BuildInto(t.Context(), output))
	where, err := os.ReadFile(filepath.Join(output, "where"))
	require.NoError(t, err)
	assert.Contains(t, string(where), filepath.Base(folder))
	bad := SDK{Name: "x", Folder: folder, Build: []string{"./build.sh", "{output}", "3"}}
	err = bad.BuildInto(t.Context(), output)
	assert.ErrorContains(t, err, "building the driver of x: exit status 3\nbuilding")
	assert.NoError(t, (&SDK{}).BuildInto(t.Context(), output), "nothing to build")
}
