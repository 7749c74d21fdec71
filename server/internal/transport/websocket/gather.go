package websocket

import (
	"net"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/sessionframe"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/socket"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

const (
	// roomSize holds all that an outbox hands over at once: 60 KiB, or the largest
	// payload that there is without being configured, 64 KiB, in at most 512
	// frames, with the headers, and spare room for one.
	roomSize = 64<<10 + 512*wsframe.MaxServerHeader + 64

	// copyMost is up to which size a frame is copied, in bytes. Beyond it a
	// vectored write that refers to the frame costs less.
	copyMost = 4 << 10

	// maxParts is how many pieces one vectored write has: each frame over
	// copyMost, and what was copied before it.
	maxParts = 64

	// packMost is how many bytes of deliveries share a message of fastpubsub.v1,
	// unless a single one is larger.
	packMost = 16 << 10
)

// gather joins frames to one write.
type gather struct {
	raw      net.Conn
	vectored bool // the connection writes several pieces at once

	room  [roomSize]byte
	used  int // of room
	from  int // room[from:used] is in no part yet
	parts [maxParts][]byte
	n     int // of parts

	buffers net.Buffers // parts[:n] while they are written
}

var gathers = sync.Pool{New: func() any { return new(gather) }}

func (g *gather) begin(raw net.Conn) {
	g.raw, g.used, g.from, g.n = raw, 0, 0, 0
	_, g.vectored = raw.(*socket.Conn)
}

// write writes the frames.
func (g *gather) write(frames []*outbox.Frame) (err error) {
	defer g.forget()
	for len(frames) > 0 && err == nil {
		n := 1
		switch f := frames[0]; f.Kind {
		case outbox.KindMessage:
			if err = g.header(len(f.Data)); err == nil {
				err = g.add(f.Data)
			}
		case outbox.KindDelivery:
			n, err = g.deliveries(frames)
		default:
			err = g.add(f.Data)
		}
		frames = frames[n:]
	}
	if err != nil {
		return err
	}
	return g.flush()
}

// deliveries packs the deliveries at the front into one message, and says how
// many they are.
func (g *gather) deliveries(frames []*outbox.Frame) (n int, err error) {
	size := 0
	for n < len(frames) && frames[n].Kind == outbox.KindDelivery && (n == 0 || size+len(frames[n].Data) <= packMost) {
		size += len(frames[n].Data)
		n++
	}
	err = g.header(1 + protowire.SizeVarint(uint64(size)) + size) //nolint:gosec // a size
	if err == nil {
		g.used += len(sessionframe.AppendDeliveriesHeader(g.room[g.used:g.used], size))
	}
	for i := 0; i < n && err == nil; i++ {
		err = g.add(frames[i].Data)
	}
	return n, err
}

// header adds the header of a binary message of size bytes, and leaves room for
// that of deliveries.
func (g *gather) header(size int) error {
	if g.used+wsframe.MaxServerHeader+sessionframe.MaxDeliveriesHeader > roomSize {
		if err := g.flush(); err != nil {
			return err
		}
	}
	g.used += len(wsframe.AppendHeader(g.room[g.used:g.used], wsframe.Binary, size))
	return nil
}

// add adds bytes: a copy of few, a reference to many, which must stay unchanged
// until the write.
func (g *gather) add(data []byte) error {
	if len(data) > roomSize || g.vectored && len(data) > copyMost {
		return g.refer(data)
	}
	if g.used+len(data) > roomSize {
		if err := g.flush(); err != nil {
			return err
		}
	}
	g.used += copy(g.room[g.used:], data)
	return nil
}

func (g *gather) refer(data []byte) error {
	if g.n+3 > maxParts { // what was copied, data, and what will be copied
		if err := g.flush(); err != nil {
			return err
		}
	}
	g.endCopied()
	g.parts[g.n] = data
	g.n++
	return nil
}

// endCopied makes what was copied since the last part a part.
func (g *gather) endCopied() {
	if g.from < g.used {
		g.parts[g.n] = g.room[g.from:g.used]
		g.n++
		g.from = g.used
	}
}

// flush writes everything that was added.
func (g *gather) flush() (err error) {
	g.endCopied()
	switch g.n {
	case 0:
	case 1:
		_, err = g.raw.Write(g.parts[0])
	default:
		g.buffers = g.parts[:g.n]
		err = socket.WriteBuffers(g.raw, &g.buffers)
	}
	clear(g.parts[:g.n])
	g.used, g.from, g.n = 0, 0, 0
	return err
}

// forget lets go of the connection and of frames.
func (g *gather) forget() {
	clear(g.parts[:g.n])
	g.raw, g.buffers = nil, nil
}
