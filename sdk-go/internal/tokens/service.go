// Package tokens reaches the token service of a server: over the Connect protocol
// on its HTTP port, or over gRPC.
package tokens

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"connectrpc.com/connect"
	rpc "google.golang.org/grpc"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1/fastpubsubv1connect"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/secret"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport/grpc"
)

// Service is the token service. Errors are *fault.Fault. Methods may be called
// concurrently.
type Service interface {
	Create(context.Context, *fastpubsubv1.CreateTokenRequest) (*fastpubsubv1.CreateTokenResponse, error)
	Refresh(context.Context, *fastpubsubv1.RefreshTokenRequest) (*fastpubsubv1.RefreshTokenResponse, error)
	Revoke(context.Context, *fastpubsubv1.RevokeTokenRequest) (*fastpubsubv1.RevokeTokenResponse, error)
	List(context.Context, *fastpubsubv1.ListTokensRequest) (*fastpubsubv1.ListTokensResponse, error)
	Close()
}

// Open makes a service for an address that starts with http://, https://, grpc://
// or grpcs://. It connects with the first call.
func Open(address string, master secret.Text, security transport.Security) (Service, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, invalid("it cannot be read")
	case u.Hostname() == "":
		return nil, invalid("it names no host")
	case !transport.IsPort(u.Port()):
		return nil, invalid("a port is 1 to 65535")
	case u.User != nil:
		return nil, invalid("it has a user or a password in it; the master token is given beside the address")
	}
	scheme := strings.ToLower(u.Scheme)
	if secure := scheme == "https" || scheme == "grpcs"; !secure && !security.IsZero() {
		return nil, invalid("options for TLS are given, but it is one without TLS; use https:// or grpcs://")
	}
	switch scheme {
	case "http", "https":
		return openConnect(u, master, security), nil
	case "grpc", "grpcs":
		return openGRPC(address, master, security)
	}
	return nil, invalid("it must start with http://, https://, grpc:// or grpcs://")
}

func invalid(what string) *fault.Fault {
	return fault.New(fault.RequestInvalid, "the server address is not valid: "+what+"; for example http://127.0.0.1:8080")
}

func openConnect(u *url.URL, master secret.Text, security transport.Security) Service {
	handshake := &transport.Handshake{}
	carrier := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: transport.DialHTTP,
		ForceAttemptHTTP2: true, TLSClientConfig: handshake.Note(security.Config()),
	}
	peer := transport.Peer{Scheme: strings.ToLower(u.Scheme), Host: u.Host, HTTP: "http"}
	client := &http.Client{
		Transport:     &portCheck{next: carrier, peer: peer},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	base := url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(u.Path, "/")}
	return &overConnect{
		client:    fastpubsubv1connect.NewTokenServiceClient(client, base.String(), connect.WithInterceptors(authorize(master))),
		carrier:   carrier,
		handshake: handshake,
		peer:      peer,
	}
}

func openGRPC(address string, master secret.Text, security transport.Security) (Service, error) {
	endpoint, err := transport.ParseEndpoint(address)
	if err != nil {
		return nil, err
	}
	peer := endpoint.Peer()
	peer.HTTP = "http"
	channel := grpc.NewCredentials(nil)
	if endpoint.Secure {
		channel = grpc.NewCredentials(&security)
	}
	client, err := rpc.NewClient(endpoint.Host, rpc.WithTransportCredentials(channel), rpc.WithUserAgent("fastpubsub-go"),
		rpc.WithDisableServiceConfig(), rpc.WithUnaryInterceptor(attach(master)))
	if err != nil {
		return nil, transport.CannotConnect(peer, grpc.Plain(err))
	}
	return &overGRPC{client: fastpubsubv1.NewTokenServiceClient(client), conn: client, channel: channel, peer: peer}, nil
}
