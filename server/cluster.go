package server

import (
	"github.com/fastpubsub/fastpubsub/server/internal/backplane"
	"github.com/fastpubsub/fastpubsub/server/internal/backplane/local"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenstore/memory"
)

// Cluster is servers of one process that share messages and tokens: what is
// published at one reaches the subscribers of all, and a token that one has made
// is good at each of them. Servers may come and go while others run. Tokens are
// kept in memory, as long as the Cluster. Any goroutine may use it.
type Cluster struct {
	bus   *local.Bus
	store tokenstore.Store
}

// NewCluster makes a cluster without servers.
func NewCluster() *Cluster { return &Cluster{bus: local.NewBus(), store: memory.New()} }

// New is the package's New for a server of the cluster. The configuration has a
// NodeName that no other server of the cluster has, and no DataDir. The server
// leaves the cluster when Run or Close has returned.
func (c *Cluster) New(config Config) (*Server, error) { return newServer(config, c) }

// check finds what of a configuration is wrong in a cluster; nil is no cluster.
func (c *Cluster) check(config *Config) error {
	var p problems
	if c != nil {
		p.unless(config.NodeName != "", "NodeName", "none", "a name of its own for each server of a Cluster")
		p.unless(config.DataDir == "", "DataDir", config.DataDir, "none in a Cluster, which keeps the tokens")
	}
	return p.err()
}

// member is a server's way to the others.
func (c *Cluster) member(node string) backplane.Backplane {
	if c == nil {
		return new(local.Alone)
	}
	return c.bus.Member(node)
}

// sharedStore is a cluster's store in the hands of one server, which outlives the
// server.
type sharedStore struct{ tokenstore.Store }

// Close implements tokenstore.Store.
func (sharedStore) Close() error { return nil }
