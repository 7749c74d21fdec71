package transport

import (
	"cmp"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// Kind is a transport.
type Kind int

// The transports.
const (
	WebSocket Kind = iota
	GRPC
)

// Endpoint is a server address.
type Endpoint struct {
	Kind   Kind
	Secure bool   // TLS
	Host   string // host:port
	Path   string // of a WebSocket, with its query; starts with a slash
}

type scheme struct {
	kind   Kind
	secure bool
	port   string // when the address has none
}

var schemes = map[string]scheme{
	"ws":    {WebSocket, false, "80"},
	"wss":   {WebSocket, true, "443"},
	"grpc":  {GRPC, false, "9090"},
	"grpcs": {GRPC, true, "9090"},
}

// ParseEndpoint reads an address (SDK-1). It never repeats what may be a secret.
func ParseEndpoint(address string) (Endpoint, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Endpoint{}, invalid("it cannot be read")
	}
	s, known := schemes[strings.ToLower(u.Scheme)]
	if !known {
		return Endpoint{}, invalid("it must start with ws://, wss://, grpc:// or grpcs://")
	}
	if problem := s.problem(u); problem != "" {
		return Endpoint{}, s.invalid(problem)
	}
	return Endpoint{
		Kind:   s.kind,
		Secure: s.secure,
		Host:   net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), s.port)),
		Path:   cmp.Or(u.RequestURI(), "/"),
	}, nil
}

// problem is what is wrong with an address of this scheme; "": nothing.
func (s scheme) problem(u *url.URL) string {
	switch {
	case u.Hostname() == "":
		return "it names no host"
	case !IsPort(u.Port()):
		return "a port is 1 to 65535"
	case u.User != nil:
		return "it has a user or a password in it; an access token is given beside the address"
	case u.Fragment != "":
		return "it has a fragment"
	case s.kind == GRPC && (strings.Trim(u.Path, "/") != "" || u.RawQuery != ""):
		return "an address with grpc:// or grpcs:// has a host and a port, and no path"
	default:
		return ""
	}
}

// IsPort says whether the port of an address can be used; empty is the default.
func IsPort(text string) bool {
	port, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil && port > 0
}

func invalid(what string) *fault.Fault { return scheme{kind: WebSocket}.invalid(what) }

// invalid is the fault of an address, with an example of the scheme.
func (s scheme) invalid(what string) *fault.Fault {
	example := "ws://127.0.0.1:8080/ws"
	if s.kind == GRPC {
		example = "grpc://127.0.0.1:9090"
	}
	return fault.New(fault.RequestInvalid, "the server address is not valid: "+what+"; for example "+example)
}
