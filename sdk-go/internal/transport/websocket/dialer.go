// Package websocket carries session frames over a WebSocket with the subprotocol
// fastpubsub.v1, one frame in one binary message.
package websocket

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"

	"github.com/coder/websocket"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

const subprotocol = "fastpubsub.v1"

// Dialer makes WebSocket connections to one address. A proxy is taken from the
// environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY).
type Dialer struct {
	url       string
	peer      transport.Peer
	http      *http.Transport
	handshake transport.Handshake
}

// NewDialer makes a dialer.
func NewDialer(endpoint transport.Endpoint, security transport.Security) *Dialer {
	d := &Dialer{url: "http://" + endpoint.Host + endpoint.Path, peer: endpoint.Peer()}
	d.http = &http.Transport{
		Proxy:             http.ProxyFromEnvironment,
		DialContext:       dialBuffered,
		DisableKeepAlives: true, // each upgraded connection is one of its own
	}
	if endpoint.Secure {
		d.url = "https://" + endpoint.Host + endpoint.Path
		d.http.TLSClientConfig = d.handshake.Note(security.Config())
		d.http.TLSClientConfig.NextProtos = []string{"http/1.1"} // an upgrade is nothing of HTTP/2
	}
	return d
}

// Dial implements transport.Dialer.
func (d *Dialer) Dial(ctx context.Context, token string) (transport.Conn, error) {
	var raw *bufferedConn
	ctx = context.WithValue(ctx, dialedKey{}, &raw)
	refusals := &refusalReader{next: d.http, peer: d.peer}
	socket, _, err := websocket.Dial(ctx, d.url, &websocket.DialOptions{
		HTTPClient:   &http.Client{Transport: refusals, CheckRedirect: noRedirect},
		HTTPHeader:   http.Header{"Authorization": {"Bearer " + token}, "User-Agent": {"fastpubsub-go"}},
		Subprotocols: []string{subprotocol},
	})
	switch {
	case refusals.refusal != nil:
		return nil, refusals.refusal
	case err != nil:
		return nil, transport.CannotConnect(d.peer, d.handshake.Explain(causeOf(err)))
	case socket.Subprotocol() != subprotocol:
		_ = socket.CloseNow()
		return nil, fault.Newf(fault.Unreachable, "the server at %s does not speak %s", d.peer.Host, subprotocol).Final()
	}
	return newConn(socket, raw), nil
}

// causeOf is the error of the network, without the URL, whose query may hold a
// secret.
func causeOf(err error) error {
	var request *url.Error
	if errors.As(err, &request) {
		return request.Err
	}
	return err
}

// noRedirect keeps the token from going anywhere else.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// dialedKey is where Dial looks for the connection that dialBuffered made.
type dialedKey struct{}

func dialBuffered(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := transport.DialHTTP(ctx, network, address)
	if err != nil {
		return nil, err
	}
	buffered := &bufferedConn{Conn: conn}
	if dialed, wanted := ctx.Value(dialedKey{}).(**bufferedConn); wanted {
		*dialed = buffered
	}
	return buffered, nil
}

// isClosed says whether an error only says that this side has closed.
func isClosed(err error) bool { return errors.Is(err, net.ErrClosed) }
