package config

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What "fastpubsub config" prints is a file that says the same again.
func TestYAMLCanBeReadBack(t *testing.T) {
	var flags []string
	for name, sample := range samples {
		if name != FileSetting && name != "master-token" {
			flags = append(flags, asFlags(name, sample.one)...)
		}
	}
	_, table, err := started{flags: flags}.load(t)
	require.NoError(t, err)
	var printed bytes.Buffer
	require.NoError(t, WriteYAML(&printed, table))
	_, again, err := started{file: printed.String()}.load(t)
	require.NoError(t, err, printed.String())
	for _, setting := range table {
		if setting.Name != FileSetting {
			assert.Equal(t, setting.Value.Texts(), again.Lookup(setting.Name).Value.Texts(), setting.Name)
		}
	}
}

func TestOutputShowsSourcesAndNoSecret(t *testing.T) {
	_, table, err := started{flags: []string{"--dev", "--master-token=" + someToken}, environ: []string{"FASTPUBSUB_REGION=eu"}, file: "node-name: n\n"}.load(t)
	require.NoError(t, err)
	var printed, listed bytes.Buffer
	require.NoError(t, WriteYAML(&printed, table))
	assert.Contains(t, printed.String(), "dev: true # flag --dev\n")
	assert.Contains(t, printed.String(), "region: eu # variable FASTPUBSUB_REGION\n")
	assert.Contains(t, printed.String(), "fastpubsub.yaml:1\n")
	assert.Contains(t, printed.String(), "max-payload-bytes: 65535 # default\n")
	assert.Contains(t, printed.String(), "# flag --master-token\nmaster-token:\n  - \"[redacted]\"\n")
	assert.NotContains(t, printed.String(), someToken)

	require.NoError(t, WriteJSON(&listed, table))
	var settings []effective
	require.NoError(t, json.Unmarshal(listed.Bytes(), &settings))
	assert.Len(t, settings, len(table))
	assert.NotContains(t, listed.String(), someToken)
}

// The tokens of a file are the value of no other setting.
func TestOutputShowsTokensOfFilesAtTheirSetting(t *testing.T) {
	path := writeFile(t, "tokens", "first-master-token-1\nsecond-master-token\n", 0o600)
	for _, c := range []struct {
		flags []string
		want  string
	}{
		{nil, "# default\nmaster-token: []\n"},
		{[]string{"--master-token=" + someToken}, "# flag --master-token\nmaster-token:\n  - \"[redacted]\"\n"},
	} {
		serve, table, _, err := serveWith(t, append(c.flags, "--master-token-file="+path)...)
		require.NoError(t, err)
		assert.Len(t, serve.Server.MasterTokens, len(c.flags)+2, "the server has all of them")
		var printed bytes.Buffer
		require.NoError(t, WriteYAML(&printed, table))
		assert.Contains(t, printed.String(), c.want+"# flag --master-token-file\nmaster-token-file:\n  - "+path+"\n")
	}
}

func TestReferenceNamesEverySetting(t *testing.T) {
	var page bytes.Buffer
	table := ServeTable(DefaultServe())
	require.NoError(t, WriteReference(&page, table, "##"))
	for _, setting := range table {
		assert.Contains(t, page.String(), "`--"+setting.Name+"`<br>`"+setting.Variable()+"`")
		assert.Contains(t, page.String(), prose(setting.Value.Accepts()))
	}
	for _, group := range table.Groups() {
		assert.Contains(t, page.String(), "## "+group+"\n")
	}
}
