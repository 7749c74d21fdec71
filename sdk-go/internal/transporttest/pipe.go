package transporttest

import (
	"sync"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// queue is an unbounded queue of frames that can end.
type queue struct {
	mu      sync.Mutex
	frames  [][]byte
	end     *fault.Fault
	changed chan struct{}
}

func newQueue() *queue { return &queue{changed: make(chan struct{})} }

func (q *queue) put(frame []byte) *fault.Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.end != nil {
		return q.end
	}
	q.frames = append(q.frames, append([]byte(nil), frame...))
	q.broadcast()
	return nil
}

// finish ends the queue; what is in it can still be taken.
func (q *queue) finish(end *fault.Fault) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.end == nil {
		q.end = end
		q.broadcast()
	}
}

func (q *queue) broadcast() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// take waits for a frame, the end, or giveUp.
func (q *queue) take(giveUp <-chan struct{}) ([]byte, *fault.Fault) {
	for {
		q.mu.Lock()
		if len(q.frames) > 0 {
			frame := q.frames[0]
			q.frames = q.frames[1:]
			q.mu.Unlock()
			return frame, nil
		}
		end, changed := q.end, q.changed
		q.mu.Unlock()
		if end != nil {
			return nil, end
		}
		select {
		case <-changed:
		case <-giveUp:
			return nil, aborted
		}
	}
}

var (
	aborted = fault.New(fault.ConnectionLost, "the connection was cut")
	hungUp  = fault.New(fault.ConnectionLost, "the peer closed the connection")
)

// conn is the client's end of a pipe.
type conn struct {
	toPeer, fromPeer *queue
	cut              chan struct{}
	cutOnce          sync.Once
	stalled          func() <-chan struct{}
}

// Pipe makes a connection in memory: the client's end and the test's end.
func Pipe() (transport.Conn, *Peer) {
	c := &conn{toPeer: newQueue(), fromPeer: newQueue(), cut: make(chan struct{})}
	p := &Peer{toClient: c.fromPeer, fromClient: c.toPeer, never: make(chan struct{})}
	c.stalled = p.stalledNow
	return c, p
}

// Send implements transport.Conn.
func (c *conn) Send(frame []byte) error {
	if stall := c.stalled(); stall != nil {
		select {
		case <-stall:
		case <-c.cut:
		}
	}
	select {
	case <-c.cut:
		return aborted
	default:
	}
	if err := c.toPeer.put(frame); err != nil {
		return err
	}
	return nil
}

// Receive implements transport.Conn.
func (c *conn) Receive() ([]byte, error) {
	frame, err := c.fromPeer.take(c.cut)
	if err != nil {
		return nil, err
	}
	return frame, nil
}

// Close implements transport.Conn: the peer reads the end, and the client's
// reader ends when the peer has closed, too.
func (c *conn) Close() { c.toPeer.finish(hungUp) }

// Abort implements transport.Conn.
func (c *conn) Abort() {
	c.cutOnce.Do(func() { close(c.cut) })
	c.toPeer.finish(aborted)
}
