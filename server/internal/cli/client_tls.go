package cli

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// clientTLS is what a client is told about certificates.
type clientTLS struct {
	caFile, certFile, keyFile string
	insecure                  bool
}

func (t *clientTLS) rows() config.Table {
	return config.Table{
		{
			Name: "ca-file", Group: groupTLS, Value: config.Path(&t.caFile, "a readable PEM file; empty: the system's authorities"),
			Meaning: "authorities that the server's certificate must come from",
		},
		{
			Name: "cert-file", Group: groupTLS, Value: config.Path(&t.certFile, "a readable PEM file; empty: no certificate"),
			Meaning: "certificate to show to the server; needs key-file",
		},
		{
			Name: "key-file", Group: groupTLS, Value: config.Path(&t.keyFile, "a readable PEM file; empty: no certificate"),
			Meaning: "private key of the certificate",
		},
		{
			Name: "insecure-skip-verify", Group: groupTLS, Value: config.Switch(&t.insecure),
			Meaning: "insecure: take whatever certificate the server shows",
		},
	}
}

// config reads the files. Faults are wrong use: they name the setting.
func (t *clientTLS) config() (*tls.Config, error) {
	made := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: t.insecure} //nolint:gosec // asked for by name
	if t.caFile != "" {
		authorities, err := os.ReadFile(t.caFile)
		if err != nil {
			return nil, &misuse{fmt.Errorf("ca-file: %w", err)}
		}
		made.RootCAs = x509.NewCertPool()
		if !made.RootCAs.AppendCertsFromPEM(authorities) {
			return nil, &misuse{fmt.Errorf("ca-file: %s holds no certificate; accepts a PEM file", t.caFile)}
		}
	}
	if (t.certFile == "") != (t.keyFile == "") {
		return nil, &misuse{fmt.Errorf("cert-file and key-file: got one of them; accepts both or none")}
	}
	if t.certFile != "" {
		pair, err := tls.LoadX509KeyPair(t.certFile, t.keyFile)
		if err != nil {
			return nil, &misuse{fmt.Errorf("cert-file and key-file: %w", err)}
		}
		made.Certificates = []tls.Certificate{pair}
	}
	return made, nil
}
