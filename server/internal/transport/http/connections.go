package http

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// connections know what the port's connections are doing, so that its end waits for
// no peer that keeps silent or sends its request slowly. Any goroutine may use them.
type connections struct {
	mu       sync.Mutex
	live     map[net.Conn]*connection
	arriving map[*arrival]struct{}
}

// connection is one of them. Its fields belong to the lock of connections.
type connection struct {
	state   http.ConnState
	serving int  // requests in handlers
	served  bool // has had a request
	http2   bool // has had one over HTTP/2
}

func newConnections() *connections {
	return &connections{live: map[net.Conn]*connection{}, arriving: map[*arrival]struct{}{}}
}

// changed is the server's ConnState.
func (c *connections) changed(raw net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state == http.StateClosed || state == http.StateHijacked {
		delete(c.live, raw)
		return
	}
	c.of(raw).state = state
}

// of is the connection that was accepted as raw.
func (c *connections) of(raw net.Conn) *connection {
	n := c.live[raw]
	if n == nil {
		n = new(connection)
		c.live[raw] = n
	}
	return n
}

type rawKey struct{}

// withRaw is the server's ConnContext.
func withRaw(ctx context.Context, raw net.Conn) context.Context {
	return context.WithValue(ctx, rawKey{}, raw)
}

// watching serves requests by next and keeps account of them.
func (c *connections) watching(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, ok := r.Context().Value(rawKey{}).(net.Conn)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		defer c.begin(raw, r)()
		if r.Body != nil && r.Body != http.NoBody {
			body := &arrival{ReadCloser: r.Body, connections: c, control: http.NewResponseController(w)}
			c.arrive(body)
			defer c.arrived(body)
			r.Body = body
		}
		next.ServeHTTP(w, r)
	})
}

func (c *connections) begin(raw net.Conn, r *http.Request) (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.of(raw)
	n.serving++
	n.served = true
	n.http2 = r.ProtoMajor == 2
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		n.serving--
	}
}

// arrival is the body of a request in its handler, until its end has been read.
type arrival struct {
	io.ReadCloser
	connections *connections
	control     *http.ResponseController
}

// Read implements io.Reader.
func (a *arrival) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p)
	if err != nil {
		a.connections.arrived(a)
	}
	return n, err
}

func (c *connections) arrive(a *arrival) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arriving[a] = struct{}{}
}

func (c *connections) arrived(a *arrival) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.arriving, a)
}

// past is a deadline that is over.
var past = time.Unix(1, 0)

// cut closes the connections that have carried no request, and waits for no more of the
// requests that have not arrived in full. Requests that have, and answers, go on.
func (c *connections) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for a := range c.arriving {
		_ = a.control.SetReadDeadline(past) // every server of ours can
	}
	for raw, n := range c.live {
		switch {
		case !n.served:
			_ = raw.Close()
		case n.state == http.StateActive && n.serving == 0 && !n.http2:
			_ = raw.SetReadDeadline(past) // headers that come slowly, or a body that no handler reads
		}
	}
}
