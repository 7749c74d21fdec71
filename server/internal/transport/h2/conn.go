package h2

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/socket"
)

// tableBytes is the size of the table of headers that a peer may use until it has
// read our settings, which want none: it would be kept as long as the connection.
const tableBytes = 4096

// Conn is one connection. Any goroutine may call its methods.
type Conn struct {
	config *Config
	raw    net.Conn
	handle func(*Stream)

	// The reader's, which is one goroutine.
	decoder  *hpack.Decoder
	plain    *socket.Conn // nil: nothing tells that something has arrived
	try      func(fd uintptr) (done bool)
	tried    tried
	first    [1]byte
	settled  bool // the peer's settings have come
	glitches glitches
	pings    pings

	heard    atomic.Bool // something has arrived since the last beat
	sent     atomic.Bool // headers or data have been sent since the last ping of the peer
	handlers sync.WaitGroup

	mu        sync.Mutex
	err       error // why the connection is over
	streams   map[uint32]*Stream
	lastID    uint32 // of the peer's streams
	abandoned int    // streams that were reset and whose handlers have not returned
	idleSince time.Time

	// What is written: by one goroutine at a time, whose turn it is.
	turn    sync.Cond
	writing bool
	writes  uint64 // turns
	pending []byte // frames of which each is whole; they go out first

	// Windows. The peer's are what may be sent.
	window      int64
	peerInitial int64 // of each new stream
	maxFrame    int   // of what is sent, in bytes
	blocked     []*Stream
	received    uint32 // not yet given back to the peer's window of the connection

	keeper   keeper
	draining bool // the peer has been asked to make its calls elsewhere
	refusing bool // no new streams after servedID
	servedID uint32
	closing  bool // the last byte has been written
}

// New takes over a connection, of which nothing has been read; one of package socket's
// needs the least memory. Each stream is
// handled by a goroutine of its own, which calls Finish at the end.
func New(raw net.Conn, config *Config, handle func(*Stream)) *Conn {
	c := &Conn{
		config: config, raw: raw, handle: handle, decoder: hpack.NewDecoder(tableBytes, nil),
		streams: map[uint32]*Stream{}, idleSince: time.Now(),
		window: initialWindow, peerInitial: initialWindow, maxFrame: maxReadFrame,
	}
	c.turn.L = &c.mu
	if plain, ok := raw.(*socket.Conn); ok {
		c.plain, c.try = plain, c.tryRead
	}
	c.greet()
	return c
}

// Serve serves the connection until it is over, and all handlers have returned.
func (c *Conn) Serve() {
	defer c.handlers.Wait()
	c.mu.Lock()
	c.keep()
	c.flush()
	c.mu.Unlock()
	err := c.read()
	var failed http2.ConnectionError
	if errors.As(err, &failed) {
		c.sayWhy(http2.ErrCode(failed))
	}
	c.fail(err)
}

// Close ends the connection at once.
func (c *Conn) Close() { c.fail(net.ErrClosed) }

// fail ends the connection, and with it all streams.
func (c *Conn) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.failLocked(err)
	}
}

func (c *Conn) failLocked(err error) {
	c.err = err
	for _, s := range c.streams {
		s.abort(err)
	}
	c.keeper.stop()
	c.turn.Broadcast()
	closeAtOnce(c.raw)
}

// closeAtOnce closes a connection. One over TLS gets no good-bye, for which its peer
// would have to take what was written before.
func closeAtOnce(raw net.Conn) {
	if secured, ok := raw.(interface{ NetConn() net.Conn }); ok {
		raw = secured.NetConn()
	}
	_ = raw.Close()
}

// sayWhy tells the peer why the connection ends, if it takes it in time.
func (c *Conn) sayWhy(code http2.ErrCode) {
	_ = c.raw.SetWriteDeadline(time.Now().Add(closeWait))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begin() == nil {
		served := c.lastID
		if c.refusing {
			served = c.servedID
		}
		c.pending = appendGoAway(c.pending, served, code)
		c.end(nil)
	}
}

// Idle says since when there have been no streams; not ok: there are some.
func (c *Conn) Idle() (since time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.idleSince, len(c.streams) == 0
}
