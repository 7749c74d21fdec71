package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFileForms(t *testing.T) {
	serve, table, err := started{file: `# settings
http-addr: ":80"   # a comment
max-payload-bytes: 1000
region: |-
  eu
reflection: false
trusted-proxy: [10.0.0.1, "::1"]
public-host:
  - a:1
  # a comment
  - b:2
master-token: 1234567890123456
url: ws://for-another-command/ws
`}.load(t)
	require.NoError(t, err)
	assert.Equal(t, ":80", serve.Server.HTTPAddr)
	assert.Equal(t, 1000, serve.Server.Limits.PayloadBytes)
	assert.Equal(t, "eu", serve.Server.Region)
	assert.False(t, serve.Server.Reflection)
	assert.Len(t, serve.Server.TrustedProxies, 2)
	assert.Equal(t, []string{"a:1", "b:2"}, serve.Server.PublicHosts)
	assert.Equal(t, "1234567890123456", serve.Server.MasterTokens[0].Reveal())
	assert.Equal(t, 3, table.Lookup("max-payload-bytes").Origin.Line)
}

func TestFileWithoutSettings(t *testing.T) {
	for _, content := range []string{"\n", "# nothing\n", "---\n", "{}\n"} {
		_, _, err := started{file: content}.load(t)
		assert.NoError(t, err, "%q", content)
	}
}

// CL-3: an unknown key is an error; so is everything that is not read.
func TestFileFaults(t *testing.T) {
	tests := []struct{ title, content, want string }{
		{"unknown key", "region: eu\nhtpp-addr: x\n", "unknown key htpp-addr at FILE:2; did you mean http-addr?"},
		{"unknown key like nothing", "colour: blue\n", "unknown key colour at FILE:1"},
		{"the file itself", "config: other.yaml\n", "unknown key config at FILE:1"},
		{"duplicate key", "region: eu\n\nregion: us\n", "FILE:3: "},
		{"a list for one value", "region: [eu, us]\n", "region: got a list from FILE:1"},
		{"a mapping for a value", "limits:\n  payload: 1\n", "FILE:1: limits: is neither a plain value nor a list"},
		{"a list in a list", "public-host: [[a:1]]\n", "FILE:1: public-host: is neither"},
		{"no value", "region:\n", "FILE:1: region: is neither"},
		{"an alias", "region: &r eu\nnode-name: *r\n", "FILE:1: region: is neither"},
		{"a list", "- region\n", "FILE:1: is not a mapping"},
		{"a text", "region\n", "FILE:1: is not a mapping"},
		{"two documents", "region: eu\n---\nregion: us\n", "FILE: holds more than one YAML document"},
		{"broken", "region: \"eu\nnode-name: x\n", "FILE:1: "},
	}
	for _, test := range tests {
		t.Run(test.title, func(t *testing.T) {
			_, table, err := started{file: test.content}.load(t)
			path := table.Lookup(FileSetting).Value.Texts()[0]
			require.Error(t, err)
			assert.Contains(t, replaceAll(err.Error(), path, "FILE"), test.want)
		})
	}
}

func TestFileFaultsQuoteNoValue(t *testing.T) {
	for _, content := range []string{
		"master-token: \"top-secret-token-1\nregion: eu\n",
		"master-token: top-secret-token-1\nmaster-token: top-secret-token-1\n",
		"master-token: {top-secret-token-1: 1}\n",
		"master-token: [top-secret-token-1\n",
		"master-token: top-secret-token-1: x\n",
		"top-secret-token-1\n",
		"\tmaster-token: top-secret-token-1\n",
	} {
		_, _, err := started{file: content}.load(t)
		require.Error(t, err, "%q", content)
		assert.NotContains(t, err.Error(), "top-secret", "%q", content)
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.yaml")
	_, _, err := started{flags: []string{"--config", missing}}.load(t)
	assert.ErrorContains(t, err, `config: cannot use "`+missing+`" from flag --config: no such file`)
	_, _, err = started{environ: []string{"FASTPUBSUB_CONFIG=" + t.TempDir()}}.load(t)
	assert.ErrorContains(t, err, "from variable FASTPUBSUB_CONFIG: is a directory")
}

func FuzzReadFile(f *testing.F) {
	for _, seed := range []string{"region: eu\n", "a: [b, 1, true]\n", "a: |\n  b\n", "a: &x b\nc: *x\n", "? a\n: b\n", "<<: {a: b}\n", "{a: b}", "a: !!str b", "\x00"} {
		f.Add([]byte(seed))
	}
	directory := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(directory, "fuzz.yaml")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		read, err := readFile(path)
		if err != nil {
			assert.Nil(t, read)
			return
		}
		for _, key := range read.order {
			assert.Positive(t, read.entries[key].line)
		}
	})
}
