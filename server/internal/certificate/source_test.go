package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// issue writes a self-signed certificate with its key, and returns it.
func issue(t *testing.T, dir, name string) (certFile, keyFile string, pair tls.Certificate) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(certFile, certPEM, 0o600))
	require.NoError(t, os.WriteFile(keyFile, keyPEM, 0o600))
	pair, err = tls.X509KeyPair(certPEM, keyPEM)
	require.NoError(t, err)
	return certFile, keyFile, pair
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

// TestReload shows the certificate of files that have changed.
func TestReload(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	cert, key, _ := issue(t, dir, "first")
	s, err := open(Files{Cert: cert, Key: key}, time.Millisecond)
	require.NoError(t, err)
	defer s.Close()
	name, err := serverName(t, s)
	require.NoError(t, err)
	assert.Equal(t, "first", name)
	issue(t, dir, "second")
	require.Eventually(t, func() bool {
		name, err := serverName(t, s)
		return err == nil && name == "second"
	}, 30*time.Second, time.Millisecond)
}

// TestClientCertificates demands a certificate of the authority.
func TestClientCertificates(t *testing.T) {
	defer goleak.VerifyNone(t)
	cert, key, _ := issue(t, t.TempDir(), "server")
	authority, _, known := issue(t, t.TempDir(), "client")
	_, _, stranger := issue(t, t.TempDir(), "stranger")
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
	cert, key, _ := issue(t, dir, "server")
	_, err := Open(Files{Cert: cert, Key: filepath.Join(dir, "missing.pem")})
	require.ErrorContains(t, err, "missing.pem")
	_, err = Open(Files{Cert: key, Key: key})
	require.ErrorContains(t, err, "key.pem")
	_, err = Open(Files{Cert: cert, Key: key, ClientCA: key})
	require.ErrorContains(t, err, "no PEM certificate")
	_, err = Open(Files{Cert: cert, Key: key, ClientCA: filepath.Join(dir, "missing.pem")})
	require.ErrorContains(t, err, "missing.pem")
}
