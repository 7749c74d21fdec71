package cli

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
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

// options are the SDK's options for TLS. Faults are wrong use: they name the
// setting.
func (t *clientTLS) options() ([]fastpubsub.Option, error) {
	files, err := t.read()
	if err != nil {
		return nil, err
	}
	var options []fastpubsub.Option
	if files.authorities != nil {
		options = append(options, fastpubsub.WithCA(files.authorities))
	}
	if files.pair != nil {
		options = append(options, fastpubsub.WithClientCertificate(*files.pair))
	}
	if t.insecure {
		options = append(options, fastpubsub.WithInsecureSkipVerify())
	}
	return options, nil
}

// config is what options say, for a connection that is not the SDK's.
func (t *clientTLS) config() (*tls.Config, error) {
	files, err := t.read()
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: t.insecure} //nolint:gosec // asked for under that very name
	if files.authorities != nil {
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM(files.authorities)
	}
	if files.pair != nil {
		config.Certificates = []tls.Certificate{*files.pair}
	}
	return config, nil
}

// tlsFiles is what the files hold; nil: no file is named.
type tlsFiles struct {
	authorities []byte
	pair        *tls.Certificate
}

func (t *clientTLS) read() (files tlsFiles, err error) {
	if t.caFile != "" {
		if files.authorities, err = readAuthorities(t.caFile); err != nil {
			return files, &misuse{err}
		}
	}
	if t.certFile != "" || t.keyFile != "" {
		pair, err := readPair(t.certFile, t.keyFile)
		if err != nil {
			return files, &misuse{err}
		}
		files.pair = &pair
	}
	return files, nil
}

func readAuthorities(path string) ([]byte, error) {
	authorities, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("ca-file: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(authorities) {
		return nil, fmt.Errorf("ca-file: %s holds no certificate; accepts a PEM file", path)
	}
	return authorities, nil
}

func readPair(certFile, keyFile string) (tls.Certificate, error) {
	if certFile == "" || keyFile == "" {
		return tls.Certificate{}, errors.New("cert-file and key-file: got one of them; accepts both or none")
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cert-file and key-file: %w", err)
	}
	return pair, nil
}
