package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// ErrHTTP1 says that a port that was asked for gRPC speaks HTTP/1.
var ErrHTTP1 = errors.New("the server answered with HTTP/1")

// CannotConnect is the fault of an attempt that reached no server. It is final
// when another attempt does not mend it: one side does not accept the other's
// certificate, or the port speaks something else than the address says. Then the
// text says what to use instead.
func CannotConnect(peer Peer, cause error) *fault.Fault {
	var (
		untrusted *tls.CertificateVerificationError
		plain     tls.RecordHeaderError
	)
	switch {
	case errors.Is(cause, context.DeadlineExceeded):
		return peer.unreachable(cause, "there was no answer in time")
	case errors.As(cause, &untrusted):
		return peer.unreachable(cause, "its certificate is not trusted").Final()
	case isCertificateRefused(cause):
		return peer.unreachable(cause, "the server demands a client certificate and got none that it accepts; "+
			"give one that an authority of the server has issued").Final()
	case errors.Is(cause, ErrHTTP2), errors.As(cause, &plain) && isSettingsFrame(plain.RecordHeader[:]):
		return peer.unreachable(nil, "this port speaks gRPC without TLS; use grpc://").Final()
	case errors.As(cause, &plain), errors.Is(cause, http.ErrSchemeMismatch):
		return peer.unreachable(nil, "this port speaks no TLS; use "+peer.withoutTLS()+"://, or a port that has TLS").Final()
	case isAlert(cause, alertNoApplicationProtocol) && !peer.isGRPC():
		return peer.speaksGRPC()
	case isAlert(cause, alertNoApplicationProtocol), errors.Is(cause, ErrHTTP1):
		return peer.unreachable(nil, "this port speaks HTTP/1.1 and no gRPC; use the server's gRPC port, or "+peer.http()+"://").Final()
	case isCut(cause) && !peer.secure():
		return peer.unreachable(cause, "the server closed the connection without an answer; if this port speaks TLS, use "+
			strings.Join(slices.Compact([]string{peer.withTLS() + "://", "grpcs://"}), " or "))
	case isCut(cause) && !peer.isGRPC():
		return peer.unreachable(cause, "the server closed the connection without an answer; if this is its gRPC port, use "+peer.grpc()+"://")
	case isCut(cause):
		return peer.unreachable(cause, "the server closed the connection without an answer")
	default:
		return fault.Wrap(cause, fault.Unreachable, "cannot connect to "+peer.Host)
	}
}

func (p Peer) unreachable(cause error, text string) *fault.Fault {
	return fault.Wrap(cause, fault.Unreachable, "cannot connect to "+p.Host+": "+text)
}

func (p Peer) speaksGRPC() *fault.Fault {
	return p.unreachable(nil, "this port speaks gRPC; use "+p.grpc()+"://, or the server's HTTP port").Final()
}

// bodyLimit is how much of an answer is read to find out what a port speaks, in
// bytes.
const bodyLimit = 4 << 10

// WrongPort is the fault of an answer to a request over HTTP that only a port
// gives which speaks something else; nil: it is no such answer. It may read the
// body of an answer that is neither JSON nor of a protocol of ours.
func WrongPort(peer Peer, response *http.Response) *fault.Fault {
	kind := response.Header.Get("Content-Type")
	switch {
	case response.StatusCode == http.StatusUnsupportedMediaType && strings.HasPrefix(kind, "application/grpc"):
		return peer.speaksGRPC()
	case response.StatusCode == http.StatusBadRequest && !peer.secure() && !strings.HasPrefix(kind, "application/"):
		body, _ := io.ReadAll(io.LimitReader(response.Body, bodyLimit))
		if strings.Contains(string(body), "HTTPS") { // so servers of any make put it
			return peer.unreachable(nil, "this port speaks TLS; use "+peer.withTLS()+"://").Final()
		}
	}
	return nil
}

// The alerts of TLS with which a server refuses a client's certificate, or that
// there is none, and what the client wants to speak.
const (
	alertAccessDenied          tls.AlertError = 49
	alertCertificateRequired   tls.AlertError = 116
	alertNoApplicationProtocol tls.AlertError = 120
)

// certificateAlerts are bad, unsupported, revoked, expired and unknown
// certificates, and unknown authorities.
var certificateAlerts = []tls.AlertError{42, 43, 44, 45, 46, 48, alertAccessDenied, alertCertificateRequired}

func isCertificateRefused(err error) bool {
	var demanded *certificateDemanded
	return errors.As(err, &demanded) || isAlert(err, certificateAlerts...)
}

// isAlert says whether the server ended TLS with one of the alerts. The error has
// the alert in a type of crypto/tls's own, with the text of AlertError.
func isAlert(err error, alerts ...tls.AlertError) bool {
	var network *net.OpError
	if !errors.As(err, &network) || network.Op != "remote error" {
		return false
	}
	return slices.ContainsFunc(alerts, func(alert tls.AlertError) bool { return network.Err.Error() == alert.Error() })
}

// cuts are texts of net/http about a connection that the server has ended.
var cuts = []string{"server closed idle connection", "client conn could not be established"}

// isCut says whether the server ended the connection. To net/http, which notices
// that by reading, its own writing fails as if this side had closed.
func isCut(err error) bool {
	if err == nil {
		return false
	}
	for _, cut := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, net.ErrClosed} {
		if errors.Is(err, cut) {
			return true
		}
	}
	return slices.ContainsFunc(cuts, func(text string) bool { return strings.Contains(err.Error(), text) })
}
