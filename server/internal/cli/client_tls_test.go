package cli

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/server/internal/certificate/certtest"
)

// SDK-14, section 8: TLS on every port, with the server's authority from a file and
// a certificate of the client.
func TestClientsOverTLS(t *testing.T) {
	serverCert, serverKey, _ := certtest.Issue(t, t.TempDir(), "server")
	clientCert, clientKey, _ := certtest.Issue(t, t.TempDir(), "client")
	server := startDev(t, "--tls-cert-file="+serverCert, "--tls-key-file="+serverKey, "--tls-client-ca-file="+clientCert)
	shown := []string{"--cert-file=" + clientCert, "--key-file=" + clientKey}
	tests := []struct {
		title string
		flags []string
		code  int
		want  string
	}{
		{"trusted", append([]string{"--ca-file=" + serverCert}, shown...), exitDone, ""},
		{"not checked", append([]string{"--insecure-skip-verify"}, shown...), exitDone, ""},
		{"unknown authority", shown, exitFailed, "unknown authority; name its file with --ca-file"},
		{"no certificate shown", []string{"--ca-file=" + serverCert}, exitFailed, "--cert-file and --key-file name the certificate to show"},
		{"a file without certificate", []string{"--ca-file=" + clientKey}, exitWrongUse, "holds no certificate"},
		{"a key without certificate", []string{"--key-file=" + clientKey}, exitWrongUse, "got one of them"},
		{"a key of another certificate", []string{"--cert-file=" + clientCert, "--key-file=" + serverKey}, exitWrongUse, "cert-file and key-file: "},
	}
	urls := []string{"FASTPUBSUB_URL=wss://" + server.HTTP + "/ws", "FASTPUBSUB_URL=grpcs://" + server.GRPC}
	for _, test := range tests {
		t.Run(test.title, func(t *testing.T) {
			for _, url := range urls {
				got := server.client(append([]string{"pub", "a", "x"}, test.flags...)...).with(url).run(t)
				assert.Equal(t, test.code, got.code, got.stderr)
				assert.Contains(t, got.stderr, test.want)
			}
			for _, address := range []string{"FASTPUBSUB_SERVER=https://" + server.HTTP, "FASTPUBSUB_SERVER=grpcs://" + server.GRPC} {
				got := server.client(append([]string{"token", "list"}, test.flags...)...).with(address).run(t)
				assert.Equal(t, test.code, got.code, got.stderr)
				assert.Contains(t, got.stderr, test.want)
			}
		})
	}
	got := server.client("pub", "a", "x", "--insecure-skip-verify").run(t)
	assert.Equal(t, exitWrongUse, got.code)
	assert.Contains(t, got.stderr, "use wss:// or grpcs://")
}

// CL-5: the lines to copy know the certificate.
func TestGreetingOverTLS(t *testing.T) {
	cert, key, _ := certtest.Issue(t, t.TempDir(), "server")
	server := command("serve", "--dev", "--http-addr=127.0.0.1:0", "--grpc-addr=127.0.0.1:0",
		"--tls-cert-file="+cert, "--tls-key-file="+key).start(t)
	line := server.says(" sub --tenant")
	assert.Contains(t, line, "FASTPUBSUB_URL=wss://127.0.0.1:")
	assert.Contains(t, line, "FASTPUBSUB_CA_FILE="+cert)
	go func() { _, _ = io.Copy(io.Discard, server.stderr) }()
}

// A server's file that cannot be used is wrong use: the fault names the setting,
// the file and why.
func TestServeWithTLSFilesThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	cert, key, _ := certtest.Issue(t, dir, "server")
	missing := filepath.Join(dir, "missing.pem")
	for _, test := range []struct {
		cert, key, clientCA, want string
	}{
		{missing, key, "", `tls-cert-file: got "` + missing + `" (no such file or directory) from flag --tls-cert-file`},
		{cert, missing, "", `tls-key-file: got "` + missing + `" (no such file or directory) from flag --tls-key-file`},
		{cert, cert, "", `tls-cert-file: got "` + cert + `" (with the key ` + cert + `: `},
		{cert, key, key, `tls-client-ca-file: got "` + key + `" (the file has no PEM certificate)`},
	} {
		got := command("serve", "--dev", "--http-addr=127.0.0.1:0", "--grpc-addr=127.0.0.1:0",
			"--tls-cert-file="+test.cert, "--tls-key-file="+test.key, "--tls-client-ca-file="+test.clientCA).run(t)
		assert.Equal(t, exitWrongUse, got.code, got.stderr)
		assert.Contains(t, got.stderr, test.want)
	}
}
