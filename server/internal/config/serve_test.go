package config

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server"
)

const someToken = "a-master-token-for-tests"

func replaceAll(text, old, replacement string) string {
	return strings.ReplaceAll(text, old, replacement)
}

// serveWith loads serve as its command does.
func serveWith(t *testing.T, flags ...string) (*Serve, Table, []string, error) {
	t.Helper()
	serve := DefaultServe()
	table := ServeTable(serve)
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	table.Register(set)
	require.NoError(t, set.Parse(flags))
	warnings, err := LoadServe(serve, table, Input{Flags: set, Known: table.Names()})
	if err == nil {
		err = serve.Check(table)
	}
	return serve, table, warnings, err
}

// CL-8: outside --dev, serving without a master token is an error.
func TestServingNeedsAMasterToken(t *testing.T) {
	_, _, _, err := serveWith(t)
	require.ErrorContains(t, err, "master-token: got nothing; accepts at least one token")
	assert.ErrorContains(t, err, "--dev")
	_, _, _, err = serveWith(t, "--master-token="+someToken)
	assert.NoError(t, err)
	_, _, _, err = serveWith(t, "--dev")
	assert.NoError(t, err)
}

// CL-5: what --dev changes.
func TestDevDefaults(t *testing.T) {
	serve, table, _, err := serveWith(t, "--dev")
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1:8080", serve.Server.HTTPAddr)
	assert.Equal(t, "127.0.0.1:9090", serve.Server.GRPCAddr)
	assert.Empty(t, serve.Server.DataDir)
	assert.Equal(t, "default with --dev", table.Lookup("http-addr").Origin.String())

	serve, _, _, err = serveWith(t, "--dev", "--http-addr=[::1]:0", "--data-dir=d")
	require.NoError(t, err)
	assert.Equal(t, "[::1]:0", serve.Server.HTTPAddr)
	assert.Equal(t, "d", serve.Server.DataDir)
}

// CL-5: --dev listens on this machine only.
func TestDevStaysOnThisMachine(t *testing.T) {
	for _, flag := range []string{"--http-addr=:8080", "--grpc-addr=0.0.0.0:0", "--metrics-addr=10.0.0.1:1"} {
		_, _, _, err := serveWith(t, "--dev", flag)
		assert.ErrorContains(t, err, "with --dev only addresses of this machine", flag)
	}
}

func TestSettingsThatDoNotFitTogether(t *testing.T) {
	for want, flags := range map[string][]string{
		"tls-key-file: got nothing; accepts the file of the key":                     {"--tls-cert-file=c"},
		"tls-cert-file: got nothing; accepts the file of the cert":                   {"--tls-key-file=k"},
		`tls-client-ca-file: got "a" from flag --tls-client-ca-file; accepts a file`: {"--tls-client-ca-file=a"},
		`max-queue-bytes: got "64KiB" from flag --max-queue-bytes; accepts more`:     {"--max-queue-bytes=64KiB", "--max-payload-bytes=1MiB"},
	} {
		_, _, _, err := serveWith(t, append(flags, "--dev")...)
		assert.ErrorContains(t, err, want)
	}
}

// What the server itself refuses is told in the words of the settings.
func TestServerFaultsInSettings(t *testing.T) {
	_, table, _, err := serveWith(t, "--dev", "--max-queue-bytes=1KiB")
	require.Error(t, err)
	plain := errors.New("the disk is full")
	told := table.InSettings(errors.Join(
		&server.ConfigError{Field: "Limits.QueueBytes", Got: "1024", Accepts: "more than Limits.PayloadBytes"},
		&server.ConfigError{Field: "TLS", Got: "one", Accepts: "both or none"},
		&server.ConfigError{Field: "Logger", Got: "x", Accepts: "y"},
		plain,
	))
	assert.ErrorContains(t, told, "max-queue-bytes: got 1024 from flag --max-queue-bytes; accepts more than max-payload-bytes")
	assert.ErrorContains(t, told, "tls-cert-file: got one")
	assert.ErrorContains(t, told, "Logger: got x")
	assert.ErrorIs(t, told, plain)
}

// CL-8, TK-11: several master tokens, from flags and files.
func TestMasterTokenFiles(t *testing.T) {
	path := writeFile(t, "tokens", "# old\n  first-master-token-1 \r\n\n# new\nsecond-master-token\n", 0o600)
	serve, _, warnings, err := serveWith(t, "--master-token="+someToken, "--master-token-file="+path)
	require.NoError(t, err)
	assert.Empty(t, warnings)
	require.Len(t, serve.Server.MasterTokens, 3)
	assert.True(t, serve.Server.MasterTokens[0].Equal(someToken))
	assert.True(t, serve.Server.MasterTokens[1].Equal("first-master-token-1"))
	assert.True(t, serve.Server.MasterTokens[2].Equal("second-master-token"))
}

func TestMasterTokenFileFaults(t *testing.T) {
	for content, want := range map[string]string{
		"# none\n":    "holds no token",
		"":            "holds no token",
		"\nhunter2\n": ":2: the token has 7 characters; at least 16 are accepted",
	} {
		_, _, _, err := serveWith(t, "--master-token-file="+writeFile(t, "tokens", content, 0o600))
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "hunter2")
	}
	_, _, _, err := serveWith(t, "--master-token-file=/nonexistent/tokens")
	assert.ErrorContains(t, err, `master-token-file: cannot read "/nonexistent/tokens": no such file`)
}

func TestSecretFilesThatOthersMayRead(t *testing.T) {
	tokens := writeFile(t, "tokens", someToken+"\n", 0o644)
	settings := writeFile(t, "settings.yaml", "master-token: "+someToken+"\n", 0o640)
	_, _, warnings, err := serveWith(t, "--master-token-file="+tokens, "--config="+settings)
	require.NoError(t, err)
	require.Len(t, warnings, 2)
	assert.Contains(t, warnings[0], settings)
	assert.Contains(t, warnings[1], tokens)
	assert.False(t, OthersMayRead(os.DevNull))
}

func TestLogLevels(t *testing.T) {
	for level, want := range map[LogLevel]slog.Level{
		LogDebug: slog.LevelDebug, LogInfo: slog.LevelInfo, LogWarn: slog.LevelWarn, LogError: slog.LevelError,
	} {
		assert.Equal(t, want, level.Slog())
	}
}
