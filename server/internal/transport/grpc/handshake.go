package grpc

import (
	"crypto/tls"
	"errors"
	"net"
)

// protocol is what clients ask for in the TLS handshake (ALPN).
const protocol = "h2"

var errProtocol = errors.New("the client did not ask for h2 in the TLS handshake (ALPN)")

// shakeHands makes a connection one over TLS, if the port has it. Closing the
// connection ends it.
func (s *Server) shakeHands(raw net.Conn) (net.Conn, error) {
	if s.options.TLS == nil {
		return raw, nil
	}
	config := s.options.TLS.Clone()
	config.NextProtos = []string{protocol}
	secured := tls.Server(raw, config)
	if err := secured.Handshake(); err != nil {
		return nil, err
	}
	if secured.ConnectionState().NegotiatedProtocol != protocol {
		return nil, errProtocol
	}
	return secured, nil
}
