package transport

import (
	"crypto/tls"
	"crypto/x509"
)

// Security is how a connection with TLS is secured (SDK-14). The zero value uses
// the system's roots.
type Security struct {
	// Roots replace the system's roots.
	Roots *x509.CertPool
	// Certificate is the client's own.
	Certificate *tls.Certificate
	// InsecureSkipVerify accepts any certificate of the server.
	InsecureSkipVerify bool
}

// IsZero says whether nothing is set.
func (s Security) IsZero() bool { return s == Security{} }

// Config is a fresh TLS configuration, for TLS 1.2 and later.
func (s Security) Config() *tls.Config {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		RootCAs:            s.Roots,
		InsecureSkipVerify: s.InsecureSkipVerify, //nolint:gosec // asked for under that very name
	}
	if s.Certificate != nil {
		config.Certificates = []tls.Certificate{*s.Certificate}
	}
	return config
}
