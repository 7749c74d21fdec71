package scenario

import (
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
	secure      bool
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

// NewNode starts a server of the case's own, behind a fault proxy, and makes it
// the default if there is none yet. args are more flags of "serve".
func (s *S) NewNode(args ...string) *Node {
	n := &Node{s: s, proxies: map[Transport]*faultproxy.Proxy{}, args: args}
	n.start()
	for _, transport := range []Transport{WebSocket, GRPC} {
		proxy, err := faultproxy.New(n.address(transport))
		s.Must(err)
		s.cleanups = append(s.cleanups, proxy.Close)
		n.proxies[transport] = proxy
	}
	s.cleanups = append(s.cleanups, func() { n.server.Kill() })
	if s.node == nil {
		s.node = n
	}
	return n
}

func (n *Node) start() {
	server, err := testserver.Start(testserver.Options{Binary: n.s.environment.Binary, Args: n.args, Log: n.s.environment.log})
	n.s.Must(err)
	n.server, n.masterToken, n.httpURL = server, server.MasterToken, "http://"+server.HTTP
	n.s.trace.add("= a server started, http %s, grpc %s", server.HTTP, server.GRPC)
}

func (n *Node) address(t Transport) string {
	if t == GRPC {
		return n.server.GRPC
	}
	return n.server.HTTP
}

// Proxy is the proxy under a transport.
func (n *Node) Proxy(t Transport) *faultproxy.Proxy { return n.proxies[t] }

// Faults is the proxy under the case's transport.
func (n *Node) Faults() *faultproxy.Proxy { return n.proxies[n.s.Transport] }

// HTTPURL is where the token API is, past any proxy.
func (n *Node) HTTPURL() string { return n.httpURL }

// MasterToken opens the token API.
func (n *Node) MasterToken() string { return n.masterToken }

// Secure makes URL say wss and grpcs.
func (n *Node) Secure() { n.secure, n.httpURL = true, "https://"+n.server.HTTP }

// URL is where clients connect.
func (n *Node) URL(t Transport) string {
	if n.remote != nil {
		return map[Transport]string{WebSocket: n.remote.WebSocketURL, GRPC: n.remote.GRPCURL}[t]
	}
	address := n.address(t)
	if proxy := n.proxies[t]; proxy != nil {
		address = proxy.Addr()
	}
	scheme, path := "ws", "/ws"
	if t == GRPC {
		scheme, path = "grpc", ""
	}
	if n.secure {
		scheme += "s"
	}
	return scheme + "://" + address + path
}

// Kill ends the server without a word. The proxies refuse connections until
// Restart.
func (n *Node) Kill() {
	n.s.trace.add("= the server is killed")
	for _, proxy := range n.proxies {
		proxy.SetTarget("")
	}
	n.server.Kill()
}

// Restart starts another server behind the same addresses. Tokens survive if the
// node has a data directory.
func (n *Node) Restart() {
	n.start()
	n.retarget()
}

func (n *Node) retarget() {
	for transport, proxy := range n.proxies {
		proxy.SetTarget(n.address(transport))
	}
}

// Drain asks the server to drain, and gives what waits for its end.
func (n *Node) Drain() (wait func()) {
	server := n.server
	n.s.trace.add("= the server drains")
	n.s.Must(server.Drain())
	return func() { n.s.Must(server.Wait()) }
}

// Replace starts another server, sends new connections there, and drains the
// old one, as a rolling restart does. It gives what waits for the old one's end.
func (n *Node) Replace() (wait func()) {
	old := n.server
	n.start()
	n.retarget()
	n.s.trace.add("= the old server drains")
	n.s.Must(old.Drain())
	return func() { n.s.Must(old.Wait()) }
}
