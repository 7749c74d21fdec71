package websocket

import (
	"net"
	"sync"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
)

// closeTimeout is how long the Close frame, or a client's answer to it, may
// take.
const closeTimeout = 2 * time.Second

// output is what the server sends.
type output struct {
	raw net.Conn

	mu     sync.Mutex // held while something is written
	closed bool       // the Close frame has been written, or a write has failed
	broken error      // why a write has failed

	awaited *outbox.Frame // see await
	written chan struct{} // closed once awaited has been written
}

// WriteFrames implements outbox.Writer. Behind the Close frame nothing is
// written.
func (o *output) WriteFrames(frames []*outbox.Frame) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return o.broken
	}
	if err := o.write(frames); err != nil {
		o.closed, o.broken = true, err
		return err
	}
	o.tell(frames)
	return nil
}

func (o *output) write(frames []*outbox.Frame) error {
	if len(frames) == 1 && frames[0].Kind == outbox.KindWire {
		_, err := o.raw.Write(frames[0].Data)
		return err
	}
	g := gathers.Get().(*gather)
	defer gathers.Put(g)
	g.begin(o.raw)
	return g.write(frames)
}

// writeLast writes a Close frame behind what is being written, all within a time.
// Only the first is written.
func (o *output) writeLast(frame []byte, timeout time.Duration) error {
	_ = o.raw.SetWriteDeadline(time.Now().Add(timeout)) // it fails on a closed connection, as does the write
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return o.broken
	}
	_, err := o.raw.Write(frame)
	o.closed, o.broken = true, err
	return err
}

// cut closes the connection at once: over TLS, too, which would say good-bye to a
// client that may not listen.
func (o *output) cut() {
	raw := o.raw
	if secured, ok := raw.(interface{ NetConn() net.Conn }); ok {
		raw = secured.NetConn()
	}
	_ = raw.Close() // it has nothing to report
}

// await says when a frame that is about to be queued has been written.
func (o *output) await(f *outbox.Frame) <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.awaited, o.written = f, make(chan struct{})
	return o.written
}

func (o *output) tell(frames []*outbox.Frame) {
	if o.awaited == nil {
		return
	}
	for _, f := range frames {
		if f == o.awaited {
			o.awaited = nil
			close(o.written)
			return
		}
	}
}
