package h2

import "time"

// Config is what all connections of a port have in common. All fields must be set.
type Config struct {
	// MaxStreams is how many streams may be in progress on a connection. A stream
	// that the peer has reset counts until its handler has returned.
	MaxStreams int
	// MaxHeaderBytes bounds the headers of a request, counted as RFC 9113 does.
	MaxHeaderBytes uint32
	// StreamWindow and ConnectionWindow are how many bytes a peer may send ahead.
	StreamWindow, ConnectionWindow uint32
	// KeepAlive is the interval of pings. A peer is gone of which nothing is heard
	// between two of them, or that has taken nothing of what was written meanwhile.
	KeepAlive time.Duration
	// LeastPing is how far apart a peer's pings must be while it is sent nothing.
	LeastPing time.Duration
	// MaxIdle is how long a connection may be without streams.
	MaxIdle time.Duration
	// Header is the header block of each answer, as AppendField makes it.
	Header []byte
}

// What is announced and assumed, in bytes.
const (
	maxReadFrame  = 16 << 10 // the least that RFC 9113 allows to announce
	maxWriteFrame = 64 << 10 // however much more a peer would take
	initialWindow = 64<<10 - 1
	maxWindow     = 1<<31 - 1
)

// What peers may do to a connection before it is closed.
const (
	// maxGlitches is how many frames in a second may ask for nothing that gets
	// done: resets of calls in progress, settings, priorities, empty pieces.
	maxGlitches = 1000
	// maxPending is how many bytes of answers may wait for a peer that takes none,
	// and lastWord how many more for each stream that there may be: all may end at
	// once, with a status of a few hundred bytes each.
	maxPending = 256 << 10
	lastWord   = 1 << 10
	// maxPingStrikes is how many pings may come too early.
	maxPingStrikes = 2
)

// How long a connection waits for its peer.
const (
	// drainWait is how long calls may still be on their way that were made before
	// the peer learned that it should make them elsewhere.
	drainWait = time.Second
	// peerCloses is how long a peer that has been told to go may take to close a
	// connection that carries nothing any more.
	peerCloses = 250 * time.Millisecond
	// closeWait is how long the peer may take to read the last bytes.
	closeWait = time.Second
	// lingerWait is how long a message that has been sent in part may take to the
	// end, once the stream has been finished.
	lingerWait = 30 * time.Second
)
