package h2

import (
	"errors"
	"time"

	"golang.org/x/net/http2"
)

var errSilent = errors.New("the peer has not answered a keep-alive ping")

// keeper is what a connection's keep-alive knows. It belongs to the connection's
// lock.
type keeper struct {
	beats  *time.Timer
	last   *time.Timer // ends the wait for calls that are on their way
	stuck  bool        // a turn was in progress at the last beat
	writes uint64      // the number of that turn
	pinged bool
}

func (k *keeper) stop() {
	for _, timer := range []*time.Timer{k.beats, k.last} {
		if timer != nil {
			timer.Stop()
		}
	}
}

// keep starts the pings. The connection is locked.
func (c *Conn) keep() {
	if c.err == nil {
		c.keeper.beats = time.AfterFunc(c.config.KeepAlive, c.beat)
	}
}

// beat looks whether the peer is there, and sends a ping.
func (c *Conn) beat() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	k := &c.keeper
	heard := c.heard.Swap(false)
	if k.pinged && !heard {
		c.failLocked(errSilent)
		return
	}
	if k.stuck && c.writing && k.writes == c.writes {
		c.failLocked(errNotRead)
		return
	}
	k.pinged, k.stuck, k.writes = true, c.writing, c.writes
	k.beats.Reset(c.config.KeepAlive)
	if len(c.streams) == 0 && time.Since(c.idleSince) >= c.config.MaxIdle {
		c.drain()
	}
	c.pending = appendFrame(c.pending, http2.FramePing, 0, 0, make([]byte, pingBytes))
	c.flush()
}

const pingBytes = 8

// pings are those of the peer, as far as they came too early.
type pings struct {
	last    time.Time
	strikes int
}

func (c *Conn) takePing(f *http2.PingFrame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.IsAck() {
		if f.Data == drainPing && c.draining {
			c.refuse()
		}
		return nil
	}
	p, now := &c.pings, time.Now()
	switch {
	case c.sent.Swap(false):
		p.strikes = 0
	case now.Sub(p.last) < c.config.LeastPing:
		p.strikes++
	}
	p.last = now
	c.pending = appendFrame(c.pending, http2.FramePing, http2.FlagPingAck, 0, f.Data[:])
	c.flush() // what is sent meanwhile comes after the answer
	if p.strikes > maxPingStrikes {
		return http2.ConnectionError(http2.ErrCodeEnhanceYourCalm)
	}
	return nil
}
