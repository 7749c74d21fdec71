package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server"
)

// CL-5: addresses, tokens and lines to copy.
func TestGreetingLines(t *testing.T) {
	addresses := ready{HTTP: "127.0.0.1:8080", GRPC: "127.0.0.1:9090", MasterToken: "MT_X", AccessToken: "AT_a_b"}
	installed := program{command: "fastpubsub"}
	tests := []struct {
		greeting greeting
		want     []string
	}{
		{
			greeting{addresses: addresses, ttl: "24h", program: installed},
			[]string{
				"\n  FASTPUBSUB_TOKEN=AT_a_b fastpubsub sub --tenant my-tenant 'news.#'\n",
				"\n  FASTPUBSUB_TOKEN=AT_a_b fastpubsub pub --tenant my-tenant news.today 'hello'\n",
				"ws://127.0.0.1:8080/ws\n", "grpc://127.0.0.1:9090\n", "http://127.0.0.1:8080\n", "MT_X\n", "AT_a_b\n", "24h",
			},
		},
		{
			greeting{addresses: ready{HTTP: "127.0.0.1:1", AccessToken: "AT_a_b"}, program: program{directory: "/my work", command: "go run " + mainPackage}},
			[]string{"\n  cd '/my work' && FASTPUBSUB_TOKEN=AT_a_b FASTPUBSUB_URL=ws://127.0.0.1:1/ws go run ./server/cmd/fastpubsub sub "},
		},
		{
			greeting{addresses: addresses, program: installed, tls: server.TLS{CertFile: "/c d.pem"}},
			[]string{"FASTPUBSUB_URL=wss://127.0.0.1:8080/ws FASTPUBSUB_CA_FILE='/c d.pem' fastpubsub sub", "grpcs://", "https://"},
		},
	}
	for _, test := range tests {
		var out bytes.Buffer
		test.greeting.write(&out)
		for _, want := range test.want {
			assert.Contains(t, out.String(), want)
		}
	}
}

func TestShellQuote(t *testing.T) {
	for text, want := range map[string]string{"": "''", "/a/b-c_1.2": "/a/b-c_1.2", "a b": "'a b'", "it's": `'it'\''s'`, "$x": "'$x'"} {
		assert.Equal(t, want, shellQuote(text))
	}
}

func TestCurrentProgram(t *testing.T) {
	executable, err := os.Executable()
	require.NoError(t, err)
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	if isGoRun(executable) { // as "go test" places it
		assert.Equal(t, shellQuote(executable), currentProgram().command, "not in a checkout's root")
		checkout := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(checkout, mainPackage), 0o700))
		t.Chdir(checkout)
		assert.Equal(t, "go run ./server/cmd/fastpubsub", currentProgram().command)
		assert.NotEmpty(t, currentProgram().directory)
	}
	require.NoError(t, os.Symlink(executable, filepath.Join(folder, "fastpubsub")))
	assert.Equal(t, program{command: "fastpubsub"}, currentProgram())
}
