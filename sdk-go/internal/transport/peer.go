package transport

import "strings"

// Peer is the port that an attempt to connect goes to, as the address names it.
type Peer struct {
	// Scheme is "ws", "grpc" or "http", or one of these with an s: with TLS.
	Scheme string
	Host   string // host:port
	// HTTP is the scheme for the same at the server's HTTP port, without TLS: "ws",
	// or "http" of the token service.
	HTTP string
}

// Peer is the port that the endpoint names.
func (e Endpoint) Peer() Peer {
	scheme := "ws"
	if e.Kind == GRPC {
		scheme = "grpc"
	}
	if e.Secure {
		scheme += "s"
	}
	return Peer{Scheme: scheme, Host: e.Host, HTTP: "ws"}
}

// secure says whether the address asks for TLS.
func (p Peer) secure() bool { return p.Scheme == "wss" || p.Scheme == "grpcs" || p.Scheme == "https" }

// isGRPC says whether gRPC is what the address asks for.
func (p Peer) isGRPC() bool { return strings.HasPrefix(p.Scheme, "grpc") }

// withTLS and withoutTLS are the scheme that asks for the same with TLS, or
// without.
func (p Peer) withTLS() string { return p.withoutTLS() + "s" }
func (p Peer) withoutTLS() string {
	if p.secure() {
		return strings.TrimSuffix(p.Scheme, "s")
	}
	return p.Scheme
}

// grpc is the scheme that asks for gRPC, with TLS or without as now.
func (p Peer) grpc() string {
	if p.secure() {
		return "grpcs"
	}
	return "grpc"
}

// http is the scheme for the HTTP port, with TLS or without as now.
func (p Peer) http() string {
	if p.secure() {
		return p.HTTP + "s"
	}
	return p.HTTP
}
