package cli

import (
	"encoding/json"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const someAccessToken = "AT_0123456789abcdef0123456789abcdef_fedcba9876543210fedcba9876543210"

// CL-3, CL-14, CL-15: wrong use ends with code 2, on standard error alone.
func TestWrongUse(t *testing.T) {
	tests := []struct {
		invocation invocation
		want       string
	}{
		{command(), "a command is missing; there are "},
		{command("serv"), `unknown command "serv" of fastpubsub; did you mean serve?`},
		{command("xyz"), `unknown command "xyz" of fastpubsub` + "\n"},
		{command(someAccessToken), "AT_0123456789abcdef0123456789abcdef_[redacted]"},
		{command("serve", "now"), "serve takes no arguments"},
		{command("--version"), "unknown flag --version; did you mean the command version?"},
		{command("help", "serv"), `unknown command "serv" of fastpubsub; did you mean serve?`},
		{command("help", "token", "xyz"), `unknown command "xyz" of fastpubsub token` + "\n"},
		{command("completion"), "a command is missing; there are bash, fish, powershell, zsh"},
		{command("completion", "tcsh"), `unknown command "tcsh" of fastpubsub completion` + "\n"},
		{command("serve", "--htp-addr=:1"), "unknown flag --htp-addr; did you mean --http-addr?"},
		{command("serve", "--http-addr"), `flag --http-addr needs a value; accepts "host:port"`},
		{command("serve", "-token="+someAccessToken), "unknown flag -t; long flags start with two dashes"},
		{command("serve", "--="+someAccessToken), "a flag is not written like --flag or --flag=value"},
		{command("serve", "--http-addr=x"), `http-addr: got "x" from flag --http-addr; accepts "host:port"`},
		{command("serve", "--master-token=hunter2"), "master-token: got [redacted] from flag --master-token"},
		{command("serve"), "master-token: got nothing; accepts at least one token"},
		{command("serve").with("FASTPUBSUB_HTP_ADDR=:1"), "unknown variable FASTPUBSUB_HTP_ADDR; did you mean FASTPUBSUB_HTTP_ADDR?"},
		{command("serve").with("FASTPUBSUB_CONFIG=/nonexistent.yaml"), `config: cannot use "/nonexistent.yaml" from variable FASTPUBSUB_CONFIG: no such file`},
		{command("serve", "--dev", "--http-addr=:0"), "http-addr: got \":0\" from flag --http-addr; accepts with --dev only addresses of this machine"},
		{command("serve", "--dev", "--http-addr=127.0.0.1:8099", "--grpc-addr=127.0.0.1:8099"),
			"grpc-addr: got \"127.0.0.1:8099\" from flag --grpc-addr; accepts another address than http-addr has"},
		{command("config", "--log-level=loud"), `log-level: got "loud" from flag --log-level; accepts debug, info, warn or error`},
		{command("version").with("FASTPUBSUB_TYPO=1"), "unknown variable FASTPUBSUB_TYPO"},
	}
	for _, test := range tests {
		got := test.invocation.run(t)
		assert.Equal(t, exitWrongUse, got.code, test.want)
		assert.Contains(t, got.stderr, test.want)
		assert.Empty(t, got.stdout, test.want)
		assert.NotContains(t, got.stderr, "hunter2")
		assert.NotContains(t, got.stderr, "fedcba")
	}
}

func TestHelp(t *testing.T) {
	for _, invocation := range []invocation{command("help"), command("--help"), command("serve", "--help"), command("help", "serve")} {
		got := invocation.run(t)
		assert.Equal(t, exitDone, got.code)
		assert.Contains(t, got.stdout, "Usage:")
		assert.Empty(t, got.stderr)
	}
	got := command("serve", "--help").run(t)
	for _, part := range []string{"Addresses:", "--http-addr address", "(default :8080)", "--log-level debug|info|warn|error", "Examples:"} {
		assert.Contains(t, got.stdout, part)
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		got := command("completion", shell).run(t)
		assert.Equal(t, exitDone, got.code)
		assert.Contains(t, got.stdout, "fastpubsub")
	}
	assert.Contains(t, command("__complete", "serve", "--overflow-policy", "d").run(t).stdout, "drop-oldest\n")
	assert.Contains(t, command("__complete", "ser").run(t).stdout, "serve\tRun a server\n")
}

func TestVersion(t *testing.T) {
	got := command("version").run(t)
	assert.Equal(t, exitDone, got.code)
	assert.Contains(t, got.stdout, runtime.Version()+" "+runtime.GOOS+"/"+runtime.GOARCH+"\n")
	got = command("version", "--json").run(t)
	var read build
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &read))
	assert.Equal(t, currentBuild(), read)
	assert.NotEmpty(t, read.Version)
	assert.NotEmpty(t, read.Commit)
}

// CL-4: "fastpubsub config" prints the effective settings, secrets redacted.
func TestConfig(t *testing.T) {
	got := command("config", "--http-addr=:80", "--master-token=0123456789abcdef").with("FASTPUBSUB_REGION=eu").run(t)
	assert.Equal(t, exitDone, got.code)
	assert.Contains(t, got.stdout, "http-addr: :80 # flag --http-addr")
	assert.Contains(t, got.stdout, "region: eu # variable FASTPUBSUB_REGION")
	assert.NotContains(t, got.stdout, "0123456789abcdef")
	assert.NotContains(t, got.stdout, "json:")

	got = command("config", "--json", "--dev").run(t)
	var settings []struct {
		Name, Source string
		Value        any
	}
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &settings))
	shown := map[string]any{}
	for _, setting := range settings {
		shown[setting.Name] = setting.Value
	}
	assert.Equal(t, true, shown["dev"])
	assert.Equal(t, "127.0.0.1:8080", shown["http-addr"])
}

func TestConfigCheck(t *testing.T) {
	assert.Equal(t, outcome{code: exitDone}, command("config", "--check", "--dev").run(t))
	got := command("config", "--check", "--tls-cert-file=c").run(t)
	assert.Equal(t, exitWrongUse, got.code)
	assert.Empty(t, got.stdout)
	assert.Contains(t, got.stderr, "master-token: got nothing")
	assert.Contains(t, got.stderr, "tls-key-file: got nothing")
}

// CL-1: the commands.
func TestCommands(t *testing.T) {
	got := command("--help").run(t)
	for _, name := range []string{"serve", "pub", "sub", "token", "bench", "config", "version", "completion"} {
		assert.Regexp(t, `(?m)^  `+name+` +[A-Z]`, got.stdout)
		assert.Equal(t, exitDone, command(name, "--help").run(t).code)
	}
}
