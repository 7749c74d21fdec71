package scenario

import (
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/faultproxy"
	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
)

// Node is a server as a case sees it: an address that stays, and a server behind
// it that may change.
type Node struct {
	s           *S
	remote      *Remote
	server      *testserver.Server
	args        []string
	proxies     map[Transport]*faultproxy.Proxy
	authority   *Authority // of its certificate; nil: no TLS
	masterToken string
	httpURL     string
}

// Node is the case's default server: shared with other cases, without a proxy.
func (s *S) Node() *Node {
	if s.node == nil {
		s.node = s.sharedNode()
	}
	return s.node
}

func (s *S) sharedNode() *Node {
	if r := s.environment.Remote; r != nil {
		return &Node{s: s, remote: r, masterToken: r.MasterToken, httpURL: r.HTTPURL}
	}
	server, err := s.environment.sharedServer()
	s.Must(err)
	return &Node{s: s, server: server, masterToken: server.MasterToken, httpURL: "http://" + server.HTTP}
}

// ShareNode is a server that other cases use, too, behind a fault proxy of the
// case's own, and makes it the default if there is none yet. args are more flags
// of "serve". The case must leave the server as it is: it owns the network only.
func (s *S) ShareNode(args ...string) *Node {
	server, err := s.environment.sharedServer(args...)
	s.Must(err)
	n := &Node{s: s, args: args}
	n.use(server)
	n.putBehindProxies()
	return n
}

// NewNode starts a server of the case's own, behind a fault proxy, and makes it
// the default if there is none yet. args are more flags of "serve".
func (s *S) NewNode(args ...string) *Node { return s.newNode(&Node{s: s, args: args}) }

// NewSecureNode is NewNode with TLS: the server shows a certificate of the
// authority.
func (s *S) NewSecureNode(authority *Authority, args ...string) *Node {
	return s.newNode(&Node{s: s, args: append(authority.serverFlags(s), args...), authority: authority})
}

func (s *S) newNode(n *Node) *Node {
	n.start()
	s.Cleanup(func() { n.server.Kill() })
	n.putBehindProxies()
	return n
}

func (n *Node) start() {
	server, err := testserver.Start(testserver.Options{Binary: n.s.environment.Binary, Args: n.args, Log: n.s.environment.serverLog})
	n.s.Must(err)
	n.use(server)
	n.s.trace.add("= a server started, http %s, grpc %s", server.HTTP, server.GRPC)
}

func (n *Node) use(server *testserver.Server) {
	n.server, n.masterToken, n.httpURL = server, server.MasterToken, "http://"+server.HTTP
	if n.authority != nil {
		n.httpURL = "https://" + server.HTTP
	}
}

func (n *Node) putBehindProxies() {
	n.proxies = map[Transport]*faultproxy.Proxy{}
	for _, transport := range []Transport{WebSocket, GRPC} {
		proxy, err := faultproxy.New(n.address(transport))
		n.s.Must(err)
		n.s.Cleanup(proxy.Close)
		n.proxies[transport] = proxy
	}
	if n.s.node == nil {
		n.s.node = n
	}
}

func (n *Node) address(t Transport) string {
	if t == GRPC {
		return n.server.GRPC
	}
	return n.server.HTTP
}

// TokenURL is where the token API is, past any proxy: the service of gRPC, or REST
// beside WebSocket.
func (n *Node) TokenURL(t Transport) string {
	if t == GRPC {
		return n.DirectURL(GRPC)
	}
	return n.httpURL
}

// MasterToken opens the token API.
func (n *Node) MasterToken() string { return n.masterToken }

// URL is where clients connect, through the proxy if there is one.
func (n *Node) URL(t Transport) string {
	if n.remote == nil && n.proxies != nil {
		return n.url(t, n.proxies[t].Addr())
	}
	return n.DirectURL(t)
}

// DirectURL is where clients connect past the proxy.
func (n *Node) DirectURL(t Transport) string {
	if n.remote != nil {
		return map[Transport]string{WebSocket: n.remote.WebSocketURL, GRPC: n.remote.GRPCURL}[t]
	}
	return n.url(t, n.address(t))
}

func (n *Node) url(t Transport, address string) string {
	scheme, path := "ws", "/ws"
	if t == GRPC {
		scheme, path = "grpc", ""
	}
	if n.authority != nil {
		scheme += "s"
	}
	return scheme + "://" + address + path
}

// Host is the host and port of URL.
func (n *Node) Host(t Transport) string {
	_, host, _ := strings.Cut(n.URL(t), "://")
	host, _, _ = strings.Cut(host, "/")
	return host
}
