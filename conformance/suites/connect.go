package suites

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// patient is long enough for some attempts to connect, and short enough to wait
// for their failure.
const patient = 300 * time.Millisecond

// connect is how a client comes to a server, or learns that there is none.
var connect = []scenario.Case{
	{
		Name:  "connect/open completes with the welcome and reports the states",
		Rules: []string{"SDK-1", "SDK-10", "SF-1", "SF-2", "SF-4"},
		Run: func(s *scenario.S) {
			c := s.Open(scenario.Opening{}) // expects CONNECTING, then CONNECTED
			s.Equal("the state", scenario.Connected, c.Inspect().GetState())
			c.Close()
			c.ExpectClosed("")
			s.Equal("the state", scenario.Closed, c.Inspect().GetState())
		},
	},
	{
		Name:  "connect/a WebSocket is accepted on both paths",
		Rules: []string{"LP-1", "OP-1", "SF-1"},
		Run: func(s *scenario.S) {
			url := s.Node().URL(scenario.WebSocket)
			for _, path := range []string{"/ws", "/"} {
				s.Open(scenario.Opening{URL: strings.TrimSuffix(url, "/ws") + path})
			}
		},
	},
	{
		Name:       "connect/open does not complete before the welcome",
		Rules:      []string{"SDK-1", "SDK-10"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node, c, opening := connecting(s)
			other := s.Open(scenario.Opening{URL: node.DirectURL(s.Transport)}) // comes in meanwhile
			other.Publish("t", s.Unique("c"), "x")
			if opening.Answered() {
				s.Failf("open completed without a welcome")
			}
			node.Resume()
			opening.Succeeds()
			c.ExpectStates(scenario.Connected)
		},
	},
	{
		Name:  "connect/a wrong address is refused at once",
		Rules: []string{"SDK-1", "SDK-12", "SDK-19", "ER-6"},
		Run: func(s *scenario.S) {
			for _, address := range []string{
				"nonsense", "http://127.0.0.1:1/ws", "ws://", "grpc://", "://x", "grpc://127.0.0.1:1/a/path",
				"ws://someone:hidden-password@127.0.0.1:1/ws",
			} {
				refusal := s.Refused(scenario.Opening{URL: address}, "REQUEST_INVALID")
				if strings.Contains(refusal.GetMessage(), "hidden-password") {
					s.Failf("the error shows the password of the address: %s", refusal.GetMessage())
				}
			}
		},
	},
	{
		Name:  "connect/a port that does not exist is refused at once",
		Rules: []string{"SDK-1", "SDK-12"},
		Run: func(s *scenario.S) {
			s.Refused(scenario.Opening{URL: s.URLOf("127.0.0.1:99999"), Timeout: patient}, "REQUEST_INVALID")
		},
	},
	{
		Name:  "connect/nobody listens",
		Rules: []string{"SDK-1", "SDK-7", "SDK-12"},
		Run: func(s *scenario.S) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			s.Must(err)
			address := listener.Addr().String()
			s.Must(listener.Close())
			s.Refused(scenario.Opening{URL: s.URLOf(address), Timeout: patient}, "UNREACHABLE")
		},
	},
	{
		Name:       "connect/open goes on trying until somebody listens",
		Rules:      []string{"SDK-1", "SDK-2", "SDK-7"},
		Needs:      []string{"token-source"},
		OwnsServer: true,
		Run: func(s *scenario.S) {
			node := s.ShareNode()
			node.Refuse()
			c, opening := s.StartOpen(scenario.Opening{TokenSource: true})
			for range 4 { // each attempt asks
				c.ExpectTokenRequest()
			}
			node.Accept()
			opening.Succeeds()
			c.ExpectStates(scenario.Connecting, scenario.Connected)
		},
	},
	{
		Name:  "connect/something that is no FastPubSub server",
		Rules: []string{"SDK-1", "SDK-12"},
		Run: func(s *scenario.S) {
			for _, status := range []int{http.StatusOK, http.StatusNotFound, http.StatusBadGateway} {
				web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
				s.Cleanup(web.Close)
				s.Refused(scenario.Opening{URL: s.URLOf(web.Listener.Addr().String()), Timeout: patient}, "UNREACHABLE")
			}
		},
	},
	{
		Name:  "connect/a server that never says a word",
		Rules: []string{"SDK-1", "SDK-12"},
		Run: func(s *scenario.S) {
			listener, err := net.Listen("tcp", "127.0.0.1:0") // the kernel accepts
			s.Must(err)
			s.Cleanup(func() { _ = listener.Close() })
			s.Refused(scenario.Opening{URL: s.URLOf(listener.Addr().String()), Timeout: patient / 3}, "TIMED_OUT")
		},
	},
	{
		Name:       "connect/a WebSocket to the port for gRPC",
		Rules:      []string{"SDK-1", "SDK-12"},
		OwnsServer: true, // a remote one may serve both on one port
		Run: func(s *scenario.S) {
			s.Refused(scenario.Opening{URL: "ws://" + s.Node().Host(scenario.GRPC) + "/ws", Timeout: patient}, "UNREACHABLE")
		},
	},
}

// connecting is a client that has begun to connect to a server which does not answer.
func connecting(s *scenario.S) (*scenario.Node, *scenario.Client, *scenario.Pending) {
	node := s.ShareNode()
	node.Stall()
	c, opening := s.StartOpen(scenario.Opening{})
	c.ExpectStates(scenario.Connecting)
	return node, c, opening
}
