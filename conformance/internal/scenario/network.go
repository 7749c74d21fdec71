package scenario

import (
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/faultproxy"
)

// The network between the clients and the node, and the life of its server.

// faults is the proxy under the case's transport.
func (n *Node) faults() *faultproxy.Proxy { return n.proxies[n.s.Transport] }

func (n *Node) note(what string) { n.s.trace.add("= %s", what) }

// Cut ends all connections with a TCP reset.
func (n *Node) Cut() {
	n.note("connections are cut")
	n.faults().Cut()
}

// Refuse refuses new connections, until Accept. Those that there are go on.
func (n *Node) Refuse() {
	n.note("connections are refused")
	n.faults().SetTarget("")
}

// Accept ends Refuse.
func (n *Node) Accept() {
	n.note("connections are accepted again")
	n.faults().SetTarget(n.address(n.s.Transport))
}

// Stall lets nothing through in either direction, until Resume.
func (n *Node) Stall() {
	n.note("the network stalls")
	n.faults().Stall()
}

// ExpectHeld waits until the stalled network holds something up: so what a client
// was told has been sent, and is not answered.
func (n *Node) ExpectHeld() {
	if !n.faults().AwaitHeld(n.s.patience()) {
		n.s.Failf("nothing was sent while the network was stalled")
	}
}

// Resume ends Stall.
func (n *Node) Resume() {
	n.note("the network goes on")
	n.faults().Resume()
}

// Delay holds everything back for a time, in either direction.
func (n *Node) Delay(d time.Duration) {
	n.note("the network takes " + d.String())
	n.faults().Delay(d)
}

// Connections is how many connections were made so far.
func (n *Node) Connections() int { return n.faults().Accepted() }

// ExpectConnections waits until so many connections have been made so far.
func (n *Node) ExpectConnections(count int) {
	if made := n.faults().AwaitAccepted(count, n.s.patience()); made < count {
		n.s.Failf("%d connections were made, expected %d", made, count)
	}
}

// ExpectNoConnection waits until no client is connected to the node through its
// proxy any more. The network must let something through.
func (n *Node) ExpectNoConnection() {
	if open := n.faults().AwaitClosed(n.s.patience()); open > 0 {
		n.s.Failf("%d connections are still open, although every client has been closed or let go of", open)
	}
}

// Kill ends the server without a word. Connections are refused until Restart.
func (n *Node) Kill() {
	n.note("the server is killed")
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
	n.note("the server drains")
	n.s.Must(server.Drain())
	return func() { n.s.Must(server.Wait()) }
}

// Replace does the first half of a rolling restart: it starts another server and
// sends new connections there; prepare is called, and then the old server
// drains. It gives what waits for the old one's end. Servers have their own
// tokens: prepare supplies those of the new one.
func (n *Node) Replace(prepare func()) (wait func()) {
	old := n.server
	n.start()
	n.retarget()
	n.s.Cleanup(old.Kill)
	prepare()
	n.note("the old server drains")
	n.s.Must(old.Drain())
	return func() { n.s.Must(old.Wait()) }
}
