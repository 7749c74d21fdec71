// Package faultproxy is a TCP proxy with one stable address, behind which a test
// changes the server, or what the network does to its clients.
package faultproxy

import (
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"time"
)

// Proxy passes connections on to a target. Any goroutine may use it.
type Proxy struct {
	listener net.Listener
	running  sync.WaitGroup

	mu          sync.Mutex
	changed     *sync.Cond // of everything below
	targets     []string   // at least one, taken in turn; an empty one refuses connections
	stalled     bool
	delay       time.Duration
	closed      bool
	connections map[*connection]struct{}
	accepted    int
	held        int // chunks that were held up since the network stalled
}

// connection is a client's connection and the one to the server.
type connection struct{ client, server net.Conn }

func (c *connection) close() {
	_ = c.client.Close()
	_ = c.server.Close()
}

// reset closes the client's connection with a TCP reset.
func (c *connection) reset() {
	if tcp, ok := c.client.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	c.close()
}

// New starts a proxy on a free port of the loopback interface.
func New(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, targets: []string{target}, connections: map[*connection]struct{}{}}
	p.changed = sync.NewCond(&p.mu)
	p.running.Go(p.accept)
	return p, nil
}

// Addr is where clients connect, "127.0.0.1:port".
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

func (p *Proxy) update(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	p.changed.Broadcast()
}

// SetTarget sends new connections elsewhere; an empty target refuses them.
func (p *Proxy) SetTarget(target string) { p.SetTargets(target) }

// SetTargets sends new connections to several targets in turn; there must be one.
func (p *Proxy) SetTargets(targets ...string) { p.update(func() { p.targets = slices.Clone(targets) }) }

// Stall lets nothing through, in either direction, until Resume. Connections
// stay open.
func (p *Proxy) Stall() { p.update(func() { p.stalled, p.held = true, 0 }) }

// Resume ends Stall.
func (p *Proxy) Resume() { p.update(func() { p.stalled = false }) }

// Delay holds everything back for a time, in either direction.
func (p *Proxy) Delay(d time.Duration) { p.update(func() { p.delay = d }) }

// Cut ends all connections with a TCP reset, without a word to either side.
func (p *Proxy) Cut() {
	p.update(func() {
		for c := range p.connections {
			c.reset()
		}
	})
}

// Accepted is how many connections were accepted so far.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// Open is how many connections there are now.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.connections)
}

// AwaitClosed waits until there is no connection, at most for a time, and gives how
// many there are. While the proxy is stalled it does not notice an end.
func (p *Proxy) AwaitClosed(most time.Duration) int {
	p.await(most, func() bool { return len(p.connections) == 0 })
	return p.Open()
}

// AwaitAccepted waits until so many connections were accepted, at most for a time,
// and gives how many there were.
func (p *Proxy) AwaitAccepted(count int, most time.Duration) int {
	p.await(most, func() bool { return p.accepted >= count })
	return p.Accepted()
}

// AwaitHeld waits until something is held up since Stall, at most for a time; false:
// nothing is.
func (p *Proxy) AwaitHeld(most time.Duration) bool {
	return p.await(most, func() bool { return p.held > 0 })
}

// await waits until something is so, at most for a time, and says whether it is.
func (p *Proxy) await(most time.Duration, so func() bool) bool {
	expired := false
	timer := time.AfterFunc(most, func() { p.update(func() { expired = true }) })
	defer timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for !so() && !expired {
		p.changed.Wait()
	}
	return so()
}

// Close ends the proxy and its connections.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.update(func() {
		p.closed = true
		for c := range p.connections {
			c.close()
		}
	})
	p.running.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.serve(client) })
	}
}

func (p *Proxy) serve(client net.Conn) {
	p.mu.Lock()
	target := p.targets[p.accepted%len(p.targets)]
	p.accepted++
	p.changed.Broadcast()
	p.mu.Unlock()
	if target == "" {
		(&connection{client, client}).reset()
		return
	}
	server, err := net.Dial("tcp", target)
	if err != nil {
		(&connection{client, client}).reset()
		return
	}
	c := &connection{client, server}
	if !p.add(c) {
		c.close()
		return
	}
	defer p.remove(c)
	var copying sync.WaitGroup
	copying.Go(func() { p.pass(c.server, c.client) })
	copying.Go(func() { p.pass(c.client, c.server) })
	copying.Wait()
}

func (p *Proxy) add(c *connection) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.connections[c] = struct{}{}
		p.changed.Broadcast()
	}
	return !p.closed
}

func (p *Proxy) remove(c *connection) {
	c.close()
	p.update(func() { delete(p.connections, c) })
}

// pass copies one direction, chunk by chunk, under the faults of the moment.
func (p *Proxy) pass(to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			p.hold()
			if _, writeErr := to.Write(buffer[:n]); writeErr != nil {
				err = writeErr
			}
		}
		if errors.Is(err, io.EOF) {
			closeWrite(to)
			return
		}
		if err != nil {
			_ = to.Close()
			_ = from.Close()
			return
		}
	}
}

// hold waits while the proxy is stalled, and for the delay.
func (p *Proxy) hold() {
	p.mu.Lock()
	if p.stalled {
		p.held++
		p.changed.Broadcast()
	}
	for p.stalled && !p.closed {
		p.changed.Wait()
	}
	delay := p.delay
	p.mu.Unlock()
	time.Sleep(delay)
}

func closeWrite(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}
