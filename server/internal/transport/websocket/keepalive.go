package websocket

import (
	"errors"
	"sync"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// maxMissed is how many pings a peer may leave without a sign of life.
const maxMissed = 2

// errMissed is why a connection ended of whose peer nothing was heard.
var errMissed = errors.New("the peer has not answered keep-alive pings")

var pingFrame = &outbox.Frame{Kind: outbox.KindWire, Data: wsframe.AppendHeader(nil, wsframe.Ping, 0)}

// ringSize is how many groups the connections are in: each tick one group is
// pinged.
const ringSize = 16

// keeper pings all connections of a handler and ends those whose peers are gone.
// It is one timer, which runs while there are connections.
type keeper struct {
	interval time.Duration // between two ticks

	mu    sync.Mutex
	ring  [ringSize]*conn // lists, linked through conn.beats
	now   int             // the group that was pinged last
	count int
	timer *time.Timer
	due   []*conn // storage for a tick
}

// beats is what the keeper keeps at each connection. It is the keeper's, but for
// missed, which is tick's.
type beats struct {
	previous, next *conn
	group          int
	kept           bool
	missed         int
}

// newKeeper makes a keeper that pings each connection once in interval; 0:
// never.
func newKeeper(interval time.Duration) *keeper {
	return &keeper{interval: interval / ringSize}
}

// add puts c into the group that was pinged last: its first ping comes after a
// whole interval.
func (k *keeper) add(c *conn) {
	if k.interval <= 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if c.ctx.Err() != nil { // it was closed before it was added
		return
	}
	c.beats = beats{group: k.now, next: k.ring[k.now], kept: true}
	if c.beats.next != nil {
		c.beats.next.beats.previous = c
	}
	k.ring[k.now] = c
	if k.count++; k.count == 1 {
		k.timer = time.AfterFunc(k.interval, k.tick)
	}
}

// remove takes c out, whose context has ended: add does nothing from then on.
func (k *keeper) remove(c *conn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	b := &c.beats
	if !b.kept {
		return
	}
	b.kept = false
	if b.previous == nil {
		k.ring[b.group] = b.next
	} else {
		b.previous.beats.next = b.next
	}
	if b.next != nil {
		b.next.beats.previous = b.previous
	}
	b.previous, b.next = nil, nil
	if k.count--; k.count == 0 {
		k.timer.Stop()
	}
}

// tick pings the next group.
func (k *keeper) tick() {
	k.mu.Lock()
	k.now = (k.now + 1) % ringSize
	due := k.due[:0]
	k.due = nil
	for c := k.ring[k.now]; c != nil; c = c.beats.next {
		due = append(due, c)
	}
	k.mu.Unlock()
	for _, c := range due {
		c.beat()
	}
	clear(due)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.due = due
	if k.count > 0 {
		k.timer.Reset(k.interval)
	}
}

// beat looks whether anything was heard since the last ping, and sends the next.
func (c *conn) beat() {
	switch {
	case c.input.heard.Swap(false):
		c.beats.missed = 0
	case c.beats.missed+1 >= maxMissed:
		c.gone.Store(true)
		go c.session.End(errMissed)
		return
	default:
		c.beats.missed++
	}
	c.session.Send(pingFrame)
}
