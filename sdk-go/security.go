package fastpubsub

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// WithCA trusts the certificate authorities of a PEM text instead of those of the
// system.
func WithCA(pem []byte) Option {
	return func(s *settings) {
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			s.refuse(errors.New("WithCA: there is no certificate in the PEM text"))
		}
		s.security.Roots = roots
	}
}

// WithClientCertificate shows the server a certificate of the client. Tls.
// LoadX509KeyPair reads one from files.
func WithClientCertificate(certificate tls.Certificate) Option {
	return func(s *settings) {
		if len(certificate.Certificate) == 0 || certificate.PrivateKey == nil {
			s.refuse(errors.New("WithClientCertificate: the certificate or its private key is missing"))
		}
		s.security.Certificate = &certificate
	}
}

// WithInsecureSkipVerify accepts whatever certificate the server shows: anybody in
// between can read and change everything, the access token included. For tests
// only.
func WithInsecureSkipVerify() Option {
	return func(s *settings) { s.security.InsecureSkipVerify = true }
}
