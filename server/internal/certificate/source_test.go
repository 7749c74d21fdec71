package certificate

import (
	"crypto/tls"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fastpubsub/fastpubsub/server/internal/certificate/certtest"
)

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

// TestReload shows the certificate of files that have changed.
func TestReload(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	cert, key, _ := certtest.Issue(t, dir, "first")
	s, err := open(Files{Cert: cert, Key: key}, time.Millisecond)
	require.NoError(t, err)
	defer s.Close()
	name, err := serverName(t, s)
	require.NoError(t, err)
	assert.Equal(t, "first", name)
	certtest.Issue(t, dir, "second")
	require.Eventually(t, func() bool {
		name, err := serverName(t, s)
		return err == nil && name == "second"
	}, 30*time.Second, time.Millisecond)
}

// TestClientCertificates demands a certificate of the authority.
func TestClientCertificates(t *testing.T) {
	defer goleak.VerifyNone(t)
	cert, key, _ := certtest.Issue(t, t.TempDir(), "server")
	authority, _, known := certtest.Issue(t, t.TempDir(), "client")
	_, _, stranger := certtest.Issue(t, t.TempDir(), "stranger")
	s, err := open(Files{Cert: cert, Key: key, ClientCA: authority}, time.Hour)
	require.NoError(t, err)
	defer s.Close()
	_, err = serverName(t, s, known)
	require.NoError(t, err)
	_, err = serverName(t, s)
	require.Error(t, err)
	_, err = serverName(t, s, stranger)
	require.Error(t, err)
}

// TestWrongFiles are refused with their names.
func TestWrongFiles(t *testing.T) {
	dir := t.TempDir()
	cert, key, _ := certtest.Issue(t, dir, "server")
	_, err := Open(Files{Cert: cert, Key: filepath.Join(dir, "missing.pem")})
	require.ErrorContains(t, err, "missing.pem")
	_, err = Open(Files{Cert: key, Key: key})
	require.ErrorContains(t, err, "key.pem")
	_, err = Open(Files{Cert: cert, Key: key, ClientCA: key})
	require.ErrorContains(t, err, "no PEM certificate")
	_, err = Open(Files{Cert: cert, Key: key, ClientCA: filepath.Join(dir, "missing.pem")})
	require.ErrorContains(t, err, "missing.pem")
}
