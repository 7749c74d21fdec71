package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// started is a process that was started with flags, variables and a file.
type started struct {
	flags, environ []string
	file           string // content; "": no --config
}

// load loads serve's table. The table comes back beside an error, too.
func (s started) load(t *testing.T) (*Serve, Table, error) {
	t.Helper()
	serve := DefaultServe()
	table := ServeTable(serve)
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	table.Register(flags)
	args := s.flags
	if s.file != "" {
		args = append(args, "--config", writeFile(t, "fastpubsub.yaml", s.file, 0o600))
	}
	require.NoError(t, flags.Parse(args))
	err := Load(table, Input{Flags: flags, Environ: s.environ, Known: append(table.Names(), "url", "token", "server")})
	return serve, table, err
}

func writeFile(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), mode))
	require.NoError(t, os.Chmod(path, mode))
	return path
}

func asFlags(name string, texts []string) []string {
	flags := make([]string, len(texts))
	for i, text := range texts {
		flags[i] = "--" + name + "=" + text
	}
	return flags
}

func asVariable(name string, texts []string) string {
	return VariableOf(name) + "=" + strings.Join(texts, ",")
}

func asYAML(name string, texts []string) string {
	if len(texts) == 1 {
		return fmt.Sprintf("%s: %q\n", name, texts[0])
	}
	var yaml strings.Builder
	yaml.WriteString(name + ":\n")
	for _, text := range texts {
		fmt.Fprintf(&yaml, "  - %q\n", text)
	}
	return yaml.String()
}

// CL-2: every flag has a variable and a key; the order is flag,
// environment, file, default.
func TestEverySettingFromEveryLayer(t *testing.T) {
	for name, sample := range samples {
		if name == FileSetting {
			continue
		}
		t.Run(name, func(t *testing.T) {
			one, other := sample.one, sample.other
			tests := []struct {
				title   string
				process started
				want    []string
				layer   Layer
			}{
				{"flag", started{flags: asFlags(name, one)}, one, LayerFlag},
				{"variable", started{environ: []string{asVariable(name, one)}}, one, LayerVariable},
				{"file", started{file: asYAML(name, one)}, one, LayerFile},
				{"flag before variable", started{flags: asFlags(name, one), environ: []string{asVariable(name, other)}}, one, LayerFlag},
				{"flag before file", started{flags: asFlags(name, one), file: asYAML(name, other)}, one, LayerFlag},
				{"variable before file", started{environ: []string{asVariable(name, one)}, file: asYAML(name, other)}, one, LayerVariable},
			}
			for _, test := range tests {
				_, table, err := test.process.load(t)
				require.NoError(t, err, test.title)
				setting := table.Lookup(name)
				assert.Equal(t, test.want, setting.Value.Texts(), test.title)
				assert.Equal(t, test.layer, setting.Origin.Layer, test.title)
			}
		})
	}
}

// CL-3: a wrong value is an error that names the setting, what it got and
// what it accepts.
func TestWrongValueFromEveryLayer(t *testing.T) {
	for name, sample := range samples {
		if name == FileSetting {
			continue
		}
		wrong := []string{sample.wrong}
		tests := []struct {
			process started
			source  string
		}{
			{started{flags: asFlags(name, wrong)}, "flag --" + name},
			{started{environ: []string{asVariable(name, wrong)}}, "variable " + VariableOf(name)},
			{started{file: "\n# comment\n" + asYAML(name, wrong)}, "fastpubsub.yaml:3"},
		}
		for _, test := range tests {
			_, table, err := test.process.load(t)
			var fault *Error
			require.ErrorAs(t, err, &fault, "%s %v", name, test.process)
			setting := table.Lookup(name)
			assert.Equal(t, name, fault.Setting)
			assert.Contains(t, fault.Source.String(), test.source)
			assert.Contains(t, fault.Accepts, setting.Value.Accepts())
			assert.Contains(t, err.Error(), fault.Got)
			if setting.Secret {
				assert.Equal(t, "[redacted]", fault.Got)
				assert.NotContains(t, err.Error(), sample.wrong)
			} else {
				assert.Equal(t, fmt.Sprintf("%q", sample.wrong), fault.Got)
			}
		}
	}
}

func TestAllFaultsComeTogether(t *testing.T) {
	_, _, err := started{
		flags:   []string{"--log-level=loud"},
		environ: []string{"FASTPUBSUB_LOG_FORMAT=xml", "FASTPUBSUB_REGOIN=eu"},
		file:    "max-connections: -1\nmax-conections: 1\n",
	}.load(t)
	require.Error(t, err)
	for _, part := range []string{"log-level", "log-format", "FASTPUBSUB_REGOIN", "max-connections", "max-conections"} {
		assert.Contains(t, err.Error(), part)
	}
}

func TestLastOfARepeatedFlagHolds(t *testing.T) {
	serve, _, err := started{flags: []string{"--region=a", "--region=b"}}.load(t)
	require.NoError(t, err)
	assert.Equal(t, "b", serve.Server.Region)
}

func TestEmptyFlagIsAValueAndEmptyVariableIsNone(t *testing.T) {
	serve, _, err := started{flags: []string{"--data-dir="}, environ: []string{"FASTPUBSUB_REGION="}, file: "region: eu\n"}.load(t)
	require.NoError(t, err)
	assert.Empty(t, serve.Server.DataDir)
	assert.Equal(t, "eu", serve.Server.Region)
}

func TestHowToWriteAList(t *testing.T) {
	_, _, err := started{flags: []string{"--trusted-proxy=10.0.0.1,10.0.0.2"}}.load(t)
	assert.ErrorContains(t, err, "repeat the flag")
	_, _, err = started{environ: []string{"FASTPUBSUB_TRUSTED_PROXY=10.0.0.1;10.0.0.2"}}.load(t)
	assert.ErrorContains(t, err, "separated by commas")
	_, _, err = started{file: "trusted-proxy: 10.0.0.1,10.0.0.2"}.load(t)
	assert.ErrorContains(t, err, "YAML list")
}

func TestFlagOnlySettings(t *testing.T) {
	var region string
	table := Table{{Name: "region", Group: "g", Meaning: "m", Value: Text(&region, "a"), FlagOnly: true}}
	flags := pflag.NewFlagSet("x", pflag.ContinueOnError)
	table.Register(flags)
	require.NoError(t, Load(table, Input{Flags: flags, Environ: []string{"FASTPUBSUB_REGION=eu"}, Known: table.Names()}))
	assert.Empty(t, region)
	require.NoError(t, flags.Parse([]string{"--region=us"}))
	require.NoError(t, Load(table, Input{Flags: flags, Known: table.Names()}))
	assert.Equal(t, "us", region)
}
