package outbox

import "time"

type kind uint8

const (
	publish kind = iota
	command
)

// entry is one thing to send.
type entry struct {
	kind    kind
	command Command

	// The rest is for a publish.
	ack      bool // an acknowledgement is wanted
	id       uint64
	encoded  []byte    // as wire.AppendMessage made it
	ticket   *Ticket   // nil: nobody waits
	deadline time.Time // until when it may wait here; zero: for ever
}

// withdrawn says whether the caller has given the publish up.
func (e *entry) withdrawn() bool { return e.ticket != nil && e.ticket.Completed() }

// queueKept is up to how many slots an emptied queue keeps for later.
const queueKept = 4096

// queue is first in, first out.
type queue struct {
	entries []entry
	head    int
}

func (q *queue) len() int { return len(q.entries) - q.head }

func (q *queue) push(e entry) { q.entries = append(q.entries, e) }

func (q *queue) front() *entry { return &q.entries[q.head] }

func (q *queue) pop() entry {
	e := q.entries[q.head]
	q.entries[q.head] = entry{}
	q.head++
	switch {
	case q.head < len(q.entries):
		q.compact()
	case cap(q.entries) > queueKept:
		*q = queue{}
	default:
		q.entries, q.head = q.entries[:0], 0
	}
	return e
}

// compact moves the entries to the front when most of the slots are used up.
func (q *queue) compact() {
	if q.head > queueKept && q.head > len(q.entries)/2 {
		n := copy(q.entries, q.entries[q.head:])
		clear(q.entries[n:])
		q.entries, q.head = q.entries[:n], 0
	}
}

// all is every entry, the oldest first.
func (q *queue) all() []entry { return q.entries[q.head:] }
