package certificate

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"time"
)

// Files are PEM files.
type Files struct {
	// Cert and Key are the server's certificate chain and its key.
	Cert, Key string
	// ClientCA are authorities of client certificates. Empty: clients need none.
	ClientCA string
}

// material is what the files hold. It is immutable.
type material struct {
	certPEM, keyPEM, clientPEM []byte

	pair      tls.Certificate
	clientCAs *x509.CertPool // nil: clients need no certificate
}

// read reads the files. Its errors name the file, and show nothing of a key.
func (f Files) read() (*material, error) {
	m := &material{}
	var err error
	if m.certPEM, err = os.ReadFile(f.Cert); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if m.keyPEM, err = os.ReadFile(f.Key); err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	if m.pair, err = tls.X509KeyPair(m.certPEM, m.keyPEM); err != nil {
		return nil, fmt.Errorf("certificate %s with key %s: %w", f.Cert, f.Key, err)
	}
	return m, m.readClientCA(f.ClientCA)
}

func (m *material) readClientCA(path string) (err error) {
	if path == "" {
		return nil
	}
	if m.clientPEM, err = os.ReadFile(path); err != nil {
		return fmt.Errorf("client authorities: %w", err)
	}
	m.clientCAs = x509.NewCertPool()
	if !m.clientCAs.AppendCertsFromPEM(m.clientPEM) {
		return fmt.Errorf("client authorities %s: the file has no PEM certificate", path)
	}
	return nil
}

func (m *material) equal(other *material) bool {
	return bytes.Equal(m.certPEM, other.certPEM) && bytes.Equal(m.keyPEM, other.keyPEM) && bytes.Equal(m.clientPEM, other.clientPEM)
}

func (m *material) config(protocols []string) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: protocols, Certificates: []tls.Certificate{m.pair}}
	if m.clientCAs != nil {
		config.ClientCAs, config.ClientAuth = m.clientCAs, tls.RequireAndVerifyClientCert
	}
	return config
}

// attributes say in a log which certificate it is.
func (m *material) attributes() []any {
	leaf := m.pair.Leaf
	names := append([]string{}, leaf.DNSNames...)
	for _, address := range leaf.IPAddresses {
		names = append(names, address.String())
	}
	return []any{"subject", leaf.Subject.String(), "names", names, "valid_until", leaf.NotAfter.UTC().Format(time.RFC3339)}
}
