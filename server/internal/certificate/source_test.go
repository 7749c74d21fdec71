package certificate

import (
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fastpubsub/fastpubsub/server/internal/certificate/certtest"
)

// opened is a source that a test follows, with its log.
type opened struct {
	*Source
	log lines
}

// lines is a log that several goroutines may use.
type lines struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (l *lines) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(line)
}

// take is what was written since the last take.
func (l *lines) take() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

func openSource(t *testing.T, files Files) *opened {
	t.Helper()
	o := &opened{}
	var err error
	o.Source, err = Open(files, slog.New(slog.NewTextHandler(&o.log, nil)))
	require.NoError(t, err)
	return o
}

// nextLook lets the source look at its files once more, and returns what it logged.
func (o *opened) nextLook() string {
	time.Sleep(refreshInterval)
	synctest.Wait()
	return o.log.take()
}

// serverName shakes hands with s and says whose certificate it shows.
func serverName(t *testing.T, s *Source, client ...tls.Certificate) (string, error) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	result := make(chan error, 1)
	go func() { result <- tls.Server(far, s.Config("h2")).Handshake() }()
	conn := tls.Client(near, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}, Certificates: client})
	if err := conn.Handshake(); err != nil {
		return "", err
	}
	go func() { _, _ = conn.Read(make([]byte, 1)) }() // takes the server's alert, if there is one
	if err := <-result; err != nil {
		return "", err
	}
	assert.Equal(t, "h2", conn.ConnectionState().NegotiatedProtocol)
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName, nil
}

func assertServerName(t *testing.T, s *Source, want string, client ...tls.Certificate) {
	t.Helper()
	name, err := serverName(t, s, client...)
	require.NoError(t, err)
	assert.Equal(t, want, name)
}

// OP-6: files that have changed are in force after the next look at them, and the
// log says which certificate it is and until when.
func TestReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		cert, key, _ := certtest.Issue(t, dir, "first")
		s := openSource(t, Files{Cert: cert, Key: key})
		defer s.Close()
		assertServerName(t, s.Source, "first")
		assert.Empty(t, s.nextLook(), "nothing has changed")
		_, _, pair := certtest.Issue(t, dir, "second")
		log := s.nextLook()
		assert.Contains(t, log, "level=INFO")
		assert.Contains(t, log, `subject="CN=second"`)
		assert.Contains(t, log, `names="[localhost 127.0.0.1]"`)
		assert.Contains(t, log, "valid_until="+pair.Leaf.NotAfter.UTC().Format(time.RFC3339))
		assertServerName(t, s.Source, "second")
	})
}

// OP-6: files that cannot be used are told once, without the key, and the
// certificate stays until they can be used.
func TestReloadOfBrokenFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		cert, key, _ := certtest.Issue(t, dir, "first")
		s := openSource(t, Files{Cert: cert, Key: key})
		defer s.Close()
		good, err := os.ReadFile(cert)
		require.NoError(t, err)
		secret, err := os.ReadFile(key)
		require.NoError(t, err)

		require.NoError(t, os.WriteFile(cert, []byte("garbage"), 0o600))
		log := s.nextLook()
		assert.Contains(t, log, "level=ERROR")
		assert.Contains(t, log, "stays in force")
		assert.Contains(t, log, `subject="CN=first"`, "of the certificate that stays")
		assert.Contains(t, log, cert)
		assert.NotContains(t, log, strings.Split(string(secret), "\n")[1])
		assert.Empty(t, s.nextLook(), "the same fault again")
		assertServerName(t, s.Source, "first")

		require.NoError(t, os.Remove(key))
		assert.Contains(t, s.nextLook(), "no such file", "another fault")
		require.NoError(t, os.WriteFile(cert, good, 0o600))
		require.NoError(t, os.WriteFile(key, secret, 0o600))
		assert.Contains(t, s.nextLook(), "as before")
		assert.Empty(t, s.nextLook())

		require.NoError(t, os.WriteFile(key, []byte("garbage"), 0o600))
		assert.Contains(t, s.nextLook(), "level=ERROR")
		certtest.Issue(t, dir, "second")
		assert.Contains(t, s.nextLook(), `subject="CN=second"`)
		assertServerName(t, s.Source, "second")
	})
}

// The certificate and its key may be in different directories.
func TestFilesInDifferentDirectories(t *testing.T) {
	defer goleak.VerifyNone(t)
	cert, key, _ := certtest.Issue(t, t.TempDir(), "server")
	moved := filepath.Join(t.TempDir(), "moved.pem")
	require.NoError(t, os.Rename(key, moved))
	s := openSource(t, Files{Cert: cert, Key: moved})
	defer s.Close()
	assertServerName(t, s.Source, "server")
}

// OP-6: a certificate of the authority is demanded; the authority can change, too.
func TestClientCertificates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cert, key, _ := certtest.Issue(t, t.TempDir(), "server")
		dir := t.TempDir()
		authority, _, known := certtest.Issue(t, dir, "client")
		_, _, stranger := certtest.Issue(t, t.TempDir(), "stranger")
		s := openSource(t, Files{Cert: cert, Key: key, ClientCA: authority})
		defer s.Close()
		assertServerName(t, s.Source, "server", known)
		for _, client := range [][]tls.Certificate{nil, {stranger}} {
			_, err := serverName(t, s.Source, client...)
			require.Error(t, err)
		}
		require.NoError(t, os.WriteFile(authority, nil, 0o600))
		assert.Contains(t, s.nextLook(), "no PEM certificate")
		assertServerName(t, s.Source, "server", known)
		_, _, next := certtest.Issue(t, dir, "next")
		assert.Contains(t, s.nextLook(), "in force")
		_, err := serverName(t, s.Source, known)
		require.Error(t, err)
		assertServerName(t, s.Source, "server", next)
	})
}

// TestWrongFiles are refused with their names.
func TestWrongFiles(t *testing.T) {
	dir := t.TempDir()
	cert, key, _ := certtest.Issue(t, dir, "server")
	missing := filepath.Join(dir, "missing.pem")
	for want, files := range map[string]Files{
		"key " + missing + ": no such file":                {Cert: cert, Key: missing},
		"certificate " + missing + ": no such file":        {Cert: missing, Key: key},
		"certificate " + key + ": with the key " + key:     {Cert: key, Key: key},
		"client authorities " + key + ": the file has no":  {Cert: cert, Key: key, ClientCA: key},
		"client authorities " + missing + ": no such file": {Cert: cert, Key: key, ClientCA: missing},
	} {
		_, err := Open(files, slog.New(slog.DiscardHandler))
		require.ErrorContains(t, err, want)
		var fault *FileError
		require.ErrorAs(t, err, &fault)
		assert.True(t, strings.HasPrefix(want, string(fault.Role)+" "+fault.Path), want)
	}
}
