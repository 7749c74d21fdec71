package scenario

import (
	"github.com/fastpubsub/fastpubsub/conformance/internal/faultproxy"
	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Cluster is servers of the case's own that share messages and tokens, behind one
// address that stays. New connections go to one after the other.
type Cluster struct {
	s       *S
	process *testserver.Cluster
	serving []*testserver.ClusterNode // that take new connections, the oldest first
	proxy   *faultproxy.Proxy
}

// NewCluster starts a cluster of so many servers.
func (s *S) NewCluster(size int) *Cluster {
	c := &Cluster{s: s}
	var err error
	c.process, err = testserver.StartCluster(testserver.ClusterOptions{Binary: s.environment.Cluster, Log: s.environment.serverLog})
	s.Must(err)
	s.Cleanup(c.process.Kill)
	c.proxy, err = faultproxy.New("")
	s.Must(err)
	s.Cleanup(c.proxy.Close)
	for range size {
		c.add()
	}
	c.retarget()
	return c
}

func (c *Cluster) add() {
	node, err := c.process.StartNode()
	c.s.Must(err)
	c.s.trace.add("= a server of the cluster started, http %s, grpc %s", node.HTTP, node.GRPC)
	c.serving = append(c.serving, node)
}

func (c *Cluster) retarget() {
	var targets []string
	for _, node := range c.serving {
		if c.s.Transport == GRPC {
			targets = append(targets, node.GRPC)
		} else {
			targets = append(targets, node.HTTP)
		}
	}
	c.proxy.SetTargets(targets...)
}

// URL is where clients connect.
func (c *Cluster) URL() string { return c.s.URLOf(c.proxy.Addr()) }

// Token creates a token, which is good at every server.
func (c *Cluster) Token(right *fastpubsubv1.Right) Token {
	node := c.serving[0]
	return (&Node{s: c.s, masterToken: node.MasterToken, httpURL: "http://" + node.HTTP}).Token(right)
}

// Replace puts a new server in the place of the oldest one, which then drains. It
// gives what waits for the old one's end.
func (c *Cluster) Replace() (wait func()) {
	c.add()
	old := c.serving[0]
	c.serving = c.serving[1:]
	c.retarget()
	c.s.trace.add("= the server of the cluster at http %s drains", old.HTTP)
	c.s.Must(old.Drain())
	return func() { c.s.Must(old.Wait()) }
}
