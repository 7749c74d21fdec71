package testserver

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"
)

// ClusterOptions are what a cluster is started with.
type ClusterOptions struct {
	// Binary is what BuildCluster built.
	Binary string
	// Args are more flags of the program.
	Args []string
	// Log takes what the servers log.
	Log io.Writer
}

// Cluster is a process with servers that share messages and tokens. Any goroutine
// may use it.
type Cluster struct {
	command *exec.Cmd
	exited  chan struct{} // closed once exit is set
	exit    error

	starting sync.Mutex // held by StartNode
	started  chan *ClusterNode

	mu       sync.Mutex
	commands *json.Encoder
	nodes    map[string]*ClusterNode // that have not ended
	count    int
}

// ClusterNode is a server of a cluster. Any goroutine may use it.
type ClusterNode struct {
	Endpoint

	cluster *Cluster
	name    string
	ended   chan struct{} // closed once end is set
	end     error
}

// BuildCluster builds the program that runs clusters into a directory and returns
// its path. race builds it with the race detector.
func BuildCluster(dir string, race bool) (string, error) {
	return build(dir, "server/internal/clustertest", race)
}

// StartCluster starts a process without servers.
func StartCluster(o ClusterOptions) (*Cluster, error) {
	c := &Cluster{
		command: exec.Command(o.Binary, o.Args...), exited: make(chan struct{}),
		started: make(chan *ClusterNode), nodes: map[string]*ClusterNode{},
	}
	c.command.Stderr = o.Log
	commands, err := c.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.commands = json.NewEncoder(commands)
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	go c.follow(answers)
	return c, nil
}

// answer is a line of the program's standard output.
type answer struct {
	Started string `json:"started"`
	Endpoint
	Ended string `json:"ended"`
	Error string `json:"error"`
}

// follow reads answers until the process has exited.
func (c *Cluster) follow(answers io.Reader) {
	defer close(c.exited)
	for lines := bufio.NewScanner(answers); lines.Scan(); {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			_ = c.command.Process.Kill()
			c.exit = errors.Join(fmt.Errorf("it said %q: %w", lines.Text(), err), c.command.Wait())
			return
		}
		c.take(&a)
	}
	c.exit = c.command.Wait()
}

func (c *Cluster) take(a *answer) {
	if a.Started != "" {
		node := &ClusterNode{Endpoint: a.Endpoint, cluster: c, name: a.Started, ended: make(chan struct{})}
		c.mu.Lock()
		c.nodes[node.name] = node
		c.mu.Unlock()
		c.started <- node
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if node := c.nodes[a.Ended]; node != nil {
		delete(c.nodes, a.Ended)
		if a.Error != "" {
			node.end = errors.New(a.Error)
		}
		close(node.ended)
	}
}

// tell gives a command.
func (c *Cluster) tell(command, node string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.commands.Encode(map[string]string{command: node})
}

// StartNode starts one more server and waits until it is ready.
func (c *Cluster) StartNode() (*ClusterNode, error) {
	c.starting.Lock()
	defer c.starting.Unlock()
	c.count++
	if err := c.tell("start", fmt.Sprintf("node-%d", c.count)); err != nil {
		return nil, err
	}
	timeout := time.NewTimer(readyTimeout)
	defer timeout.Stop()
	select {
	case node := <-c.started:
		return node, nil
	case <-c.exited:
		return nil, c.died()
	case <-timeout.C:
		c.Kill()
		return nil, fmt.Errorf("the server was not ready within %s", readyTimeout)
	}
}

// died says that the process is gone although nobody has killed it.
func (c *Cluster) died() error { return fmt.Errorf("the cluster's process has ended: %w", c.exit) }

// Kill ends the process, and all servers with it, without a word, and waits until
// it is gone.
func (c *Cluster) Kill() {
	_ = c.command.Process.Kill() // fails only if it is gone
	for {
		select {
		case <-c.started: // nobody waits for it any more
		case <-c.exited:
			return
		}
	}
}

// Drain asks the server to drain and does not wait.
func (n *ClusterNode) Drain() error { return n.cluster.tell("drain", n.name) }

// Wait waits until the server has ended by itself, and says how.
func (n *ClusterNode) Wait() error {
	timeout := time.NewTimer(exitTimeout)
	defer timeout.Stop()
	select {
	case <-n.ended:
		return n.end
	case <-n.cluster.exited:
		return n.cluster.died()
	case <-timeout.C:
		n.cluster.Kill()
		return fmt.Errorf("the server did not end within %s", exitTimeout)
	}
}
