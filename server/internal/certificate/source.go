// Package certificate keeps a port's TLS certificate, read again when its files
// change.
package certificate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc/credentials/tls/certprovider"
	"google.golang.org/grpc/credentials/tls/certprovider/pemfile"
)

// refreshInterval is how often the files are looked at.
const refreshInterval = 10 * time.Second

// Files are PEM files.
type Files struct {
	// Cert and Key are the server's certificate chain and its key.
	Cert, Key string
	// ClientCA are authorities of client certificates. Empty: clients need none.
	ClientCA string
}

// Source is a certificate that follows its files. Any goroutine may use it.
type Source struct {
	files    Files
	provider certprovider.Provider
}

// Open reads the files. An error names the file and what is wrong with it. A
// file that is broken later changes nothing: the last good one stays in force.
func Open(files Files) (*Source, error) { return open(files, refreshInterval) }

func open(files Files, interval time.Duration) (*Source, error) {
	if err := check(files); err != nil {
		return nil, err
	}
	provider, err := pemfile.NewProvider(pemfile.Options{
		CertFile: files.Cert, KeyFile: files.Key, RootFile: files.ClientCA, RefreshDuration: interval,
	})
	if err != nil {
		return nil, fmt.Errorf("certificate files %s and %s: %w", files.Cert, files.Key, err)
	}
	return &Source{files: files, provider: provider}, nil
}

func check(files Files) error {
	if _, err := tls.LoadX509KeyPair(files.Cert, files.Key); err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", files.Cert, files.Key, err)
	}
	if files.ClientCA == "" {
		return nil
	}
	authorities, err := os.ReadFile(files.ClientCA)
	if err != nil {
		return fmt.Errorf("client authorities: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(authorities) {
		return fmt.Errorf("client authorities %s: the file has no PEM certificate", files.ClientCA)
	}
	return nil
}

// Config is a server's configuration for the protocols, in the order of
// preference ("h2", "http/1.1"). Each handshake uses the files as they are then.
func (s *Source) Config(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: protocols,
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			return s.current(hello.Context(), protocols)
		},
	}
}

func (s *Source) current(ctx context.Context, protocols []string) (*tls.Config, error) {
	material, err := s.provider.KeyMaterial(ctx)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: protocols, Certificates: material.Certs}
	if s.files.ClientCA != "" {
		config.ClientCAs, config.ClientAuth = material.Roots, tls.RequireAndVerifyClientCert
	}
	return config, nil
}

// Close stops to follow the files.
func (s *Source) Close() { s.provider.Close() }
