package scenario

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
	"time"
)

// Authority issues certificates, as the private authority of a company does.
type Authority struct {
	s           *S
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	clients     *Authority // of client certificates; nil: none are asked for
	expired     bool
}

// Pair is a certificate and its key (PKCS #8) as PEM texts.
type Pair struct{ Certificate, Key string }

// NewAuthority makes an authority that nobody knows yet.
func (s *S) NewAuthority() *Authority { return s.newAuthority(time.Hour) }

// NewExpiredAuthority makes one whose own certificate has expired.
func (s *S) NewExpiredAuthority() *Authority { return s.newAuthority(-time.Minute) }

// newAuthority makes an authority whose certificate expires after a time.
func (s *S) newAuthority(after time.Duration) *Authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	s.Must(err)
	template := certificateTemplate("Conformance authority")
	template.NotAfter = time.Now().Add(after)
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	s.Must(err)
	certificate, err := x509.ParseCertificate(der)
	s.Must(err)
	return &Authority{s: s, certificate: certificate, key: key}
}

// RequireClients makes servers with a certificate of this authority ask for a
// client certificate of the other one.
func (a *Authority) RequireClients(clients *Authority) { a.clients = clients }

// IssueExpired makes the certificates of servers ones that have expired.
func (a *Authority) IssueExpired() { a.expired = true }

// PEM is the authority's certificate.
func (a *Authority) PEM() string { return encodePEM("CERTIFICATE", a.certificate.Raw) }

// Issue makes a certificate for this machine, for servers and for clients.
func (a *Authority) Issue() Pair {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	a.s.Must(err)
	template := certificateTemplate("Conformance")
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	template.IPAddresses, template.DNSNames = []net.IP{net.IPv4(127, 0, 0, 1)}, []string{"localhost"}
	if a.expired {
		template.NotAfter = time.Now().Add(-time.Minute)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	a.s.Must(err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	a.s.Must(err)
	return Pair{Certificate: encodePEM("CERTIFICATE", der), Key: encodePEM("PRIVATE KEY", pkcs8)}
}

// serverFlags are the flags of a server that shows a certificate of the
// authority.
func (a *Authority) serverFlags(s *S) []string {
	dir, pair := s.TempDir(), a.Issue()
	flags := []string{
		"--tls-cert-file", writeFile(s, dir, "server.pem", pair.Certificate),
		"--tls-key-file", writeFile(s, dir, "server-key.pem", pair.Key),
	}
	if a.clients != nil {
		flags = append(flags, "--tls-client-ca-file", writeFile(s, dir, "clients.pem", a.clients.PEM()))
	}
	return flags
}

// clientPair is a certificate with which servers of the authority let one in.
func (a *Authority) clientPair() (tls.Certificate, bool) {
	if a.clients == nil {
		return tls.Certificate{}, false
	}
	issued := a.clients.Issue()
	pair, err := tls.X509KeyPair([]byte(issued.Certificate), []byte(issued.Key))
	a.s.Must(err)
	return pair, true
}

func certificateTemplate(name string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // never fails
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
}

func encodePEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func writeFile(s *S, dir, name, text string) string {
	path := filepath.Join(dir, name)
	s.Must(os.WriteFile(path, []byte(text), 0o600))
	return path
}
