package certificate

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
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

// Role is what a file is for, as the fields of Files are called.
type Role string

// The roles of files.
const (
	RoleCert     Role = "certificate"
	RoleKey      Role = "key"
	RoleClientCA Role = "client authorities"
)

// FileError is a file that cannot be used. It shows nothing of a key.
type FileError struct {
	Role Role
	Path string
	// Err is why; it does not name the file.
	Err error
}

func (e *FileError) Error() string { return fmt.Sprintf("%s %s: %v", e.Role, e.Path, e.Err) }
func (e *FileError) Unwrap() error { return e.Err }

// read reads the files. Its errors are *FileError.
func (f Files) read() (*material, error) {
	m := &material{}
	var err error
	if m.certPEM, err = content(RoleCert, f.Cert); err != nil {
		return nil, err
	}
	if m.keyPEM, err = content(RoleKey, f.Key); err != nil {
		return nil, err
	}
	if m.pair, err = tls.X509KeyPair(m.certPEM, m.keyPEM); err != nil {
		return nil, &FileError{RoleCert, f.Cert, fmt.Errorf("with the key %s: %w", f.Key, err)}
	}
	return m, m.readClientCA(f.ClientCA)
}

func (m *material) readClientCA(path string) (err error) {
	if path == "" {
		return nil
	}
	if m.clientPEM, err = content(RoleClientCA, path); err != nil {
		return err
	}
	m.clientCAs = x509.NewCertPool()
	if !m.clientCAs.AppendCertsFromPEM(m.clientPEM) {
		return &FileError{RoleClientCA, path, errors.New("the file has no PEM certificate")}
	}
	return nil
}

func content(role Role, path string) ([]byte, error) {
	read, err := os.ReadFile(path) //nolint:gosec // the administrator names it
	var fault *fs.PathError
	if errors.As(err, &fault) {
		err = fault.Err
	}
	if err != nil {
		return nil, &FileError{role, path, err}
	}
	return read, nil
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
