package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
)

// Handshake notes what a server asks for in its TLS handshakes. Any goroutine may
// use it.
type Handshake struct {
	// unmet: the server asked for a client certificate in the last handshake, and
	// there was none that it would accept. Whether it insists shows afterwards.
	unmet atomic.Bool
}

// Note makes the configuration tell h of every handshake.
func (h *Handshake) Note(config *tls.Config) *tls.Config {
	own := config.Certificates
	config.VerifyConnection = func(tls.ConnectionState) error { // before a certificate is chosen
		h.unmet.Store(false)
		return nil
	}
	config.GetClientCertificate = func(request *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		for i := range own {
			if request.SupportsCertificate(&own[i]) == nil {
				return &own[i], nil
			}
		}
		h.unmet.Store(true)
		return &tls.Certificate{}, nil
	}
	return config
}

// Explain is err, of a connection that failed before the server had said
// anything, with what h knows of it.
func (h *Handshake) Explain(err error) error {
	if err == nil || !h.unmet.Load() || !isOfTheConnection(err) {
		return err
	}
	return &certificateDemanded{err}
}

// isOfTheConnection says that an error comes from a connection which was there,
// and neither from making it nor from giving it up.
func isOfTheConnection(err error) bool {
	var network *net.OpError
	dialing := errors.As(err, &network) && network.Op == "dial"
	return !dialing && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// certificateDemanded is how a connection ended whose server asked for a client
// certificate in vain.
type certificateDemanded struct{ cause error }

func (c *certificateDemanded) Error() string { return c.cause.Error() }
func (c *certificateDemanded) Unwrap() error { return c.cause }
