//go:build linux

package fleet

import (
	"math"
	"time"
)

// burstBytes is how much a burst writes at once before it looks after what has
// arrived.
const burstBytes = 64 << 10

// Load is what a publisher sends.
type Load struct {
	// Channels take turns. Slots are their places among their listeners' channels;
	// nil: 0 for all.
	Channels []string
	Slots    []uint32
	// Messages is how many in all; 0: without end.
	Messages int
	// Interval between messages; 0: as fast as they go.
	Interval time.Duration
	// Size of a payload, at least StampBytes.
	Size int
	// Listeners is how many get each message, and Ahead how many deliveries may be on
	// their way before the publisher waits until half of them have arrived; 0: any.
	Listeners, Ahead int
}

// Publisher sends a load over a connection.
type Publisher struct {
	*Connection
	load    Load
	payload []byte
	began   time.Duration
	sent    int
	tally   *Tally
	before  uint64 // what the tally had received when the publisher began
	waiting bool   // for deliveries
}

// NewPublisher begins now.
func (f *Fleet) NewPublisher(c *Connection, load Load) *Publisher {
	p := &Publisher{Connection: c, load: load, payload: make([]byte, load.Size), began: f.now(), tally: f.Tally, before: f.Tally.Received}
	for i := range p.payload {
		p.payload[i] = byte('a' + i%26)
	}
	return p
}

// Sent is how many messages were sent.
func (p *Publisher) Sent() int { return p.sent }

// Resume has a publisher that has sent all of its load send so many messages more,
// from now on.
func (p *Publisher) Resume(messages int) {
	p.load.Messages = p.sent + messages
	p.began = p.loop.now() - time.Duration(p.sent)*p.load.Interval
}

// Stop makes the next step the last.
func (p *Publisher) Stop() { p.load.Messages = max(1, p.sent) }

// Step sends what is due.
func (p *Publisher) Step(now time.Duration) (next time.Duration) {
	const never = time.Duration(math.MaxInt64)
	for !p.over() {
		due := now
		if p.load.Interval > 0 {
			due = p.began + time.Duration(p.sent)*p.load.Interval
		}
		if due > now {
			p.push()
			return due
		}
		if p.isAhead() {
			p.push()
			return never // until more has arrived
		}
		if len(p.out) >= burstBytes || p.Room() < p.load.Size+burstMargin {
			p.push()
			if len(p.out) > 0 || p.Room() < p.load.Size+burstMargin {
				return never // until the server has taken some
			}
			return now
		}
		p.publish(due)
	}
	p.push()
	return never
}

// burstMargin is more than what surrounds a payload.
const burstMargin = 600

// isAhead says whether to wait for deliveries.
func (p *Publisher) isAhead() bool {
	if p.load.Ahead == 0 {
		return false
	}
	under := p.sent*p.load.Listeners - int(p.tally.Received-p.before) //nolint:gosec // far below
	p.waiting = under+p.load.Listeners > p.load.Ahead || p.waiting && under > p.load.Ahead/2
	return p.waiting
}

func (p *Publisher) over() bool { return p.load.Messages > 0 && p.sent >= p.load.Messages }

func (p *Publisher) publish(due time.Duration) {
	at := p.sent % len(p.load.Channels)
	s := stamp{number: uint64(p.sent / len(p.load.Channels)), due: due}
	if p.load.Slots != nil {
		s.slot = p.load.Slots[at]
	}
	s.put(p.payload)
	p.out = p.Publish(p.out, p.load.Channels[at], p.payload)
	p.sent++
}

// push writes. A failure shows when the connection is read next.
func (p *Publisher) push() {
	if len(p.out) > 0 && p.interest != 0 {
		_ = p.flush()
	}
}
