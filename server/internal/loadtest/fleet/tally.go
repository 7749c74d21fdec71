package fleet

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Tally is what all listeners of a run have received.
type Tally struct {
	// Received counts messages, with what is wrong about them.
	Received uint64
	// Lost is numbers that were left out and have not come later, Duplicates those
	// that came again, Disordered those that came later than their successors.
	Lost, Duplicates, Disordered uint64
	// Damaged counts payloads of the wrong size or of an unknown channel.
	Damaged uint64

	latencies *hdrhistogram.Histogram // microseconds, of all turns before this one
	turn      *hdrhistogram.Histogram // of this turn, or of all if none has ended
	turns     []float64               // of each turn that has ended: the 99th percentile in milliseconds
	every     uint64                  // of how many messages one is timed
	size      int                     // of each payload
}

// highestLatency is the longest that is told from longer ones.
const highestLatency = time.Minute

// NewTally expects payloads of a size and times one message of so many.
func NewTally(size, every int) *Tally {
	return &Tally{latencies: newHistogram(), turn: newHistogram(), every: uint64(every), size: size}
}

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, int64(highestLatency/time.Microsecond), 3)
}

// Quantile is a latency of the whole run, in milliseconds.
func (t *Tally) Quantile(percent float64) float64 {
	t.gather()
	return float64(t.latencies.ValueAtQuantile(percent)) / 1000
}

// EndTurn says that what comes belongs to another turn.
func (t *Tally) EndTurn() {
	t.turns = append(t.turns, float64(t.turn.ValueAtQuantile(99))/1000)
	t.gather()
}

// ForgetLatencies has latencies begin anew.
func (t *Tally) ForgetLatencies() {
	t.latencies.Reset()
	t.turn.Reset()
	t.turns = nil
}

// Turns are the 99th percentiles of the turns that have ended, in milliseconds.
func (t *Tally) Turns() []float64 { return t.turns }

func (t *Tally) gather() {
	t.latencies.Merge(t.turn)
	t.turn.Reset()
}

// Check fails if anything is wrong.
func (t *Tally) Check() error {
	if t.Lost+t.Duplicates+t.Disordered+t.Damaged > 0 {
		return fmt.Errorf("deliveries are wrong: %d lost, %d duplicates, %d out of order, %d damaged", t.Lost, t.Duplicates, t.Disordered, t.Damaged)
	}
	return nil
}

// listener checks the messages of one connection.
type listener struct {
	tally   *Tally
	next    []uint64 // number of the next message, by slot
	missing map[stamp]struct{}
}

func newListener(t *Tally, slots int) *listener {
	return &listener{tally: t, next: make([]uint64, slots)}
}

// take takes a message that was read at a time.
func (l *listener) take(payload []byte, read time.Duration) {
	t := l.tally
	t.Received++
	if len(payload) != t.size {
		t.Damaged++
		return
	}
	s := readStamp(payload)
	if int(s.slot) >= len(l.next) {
		t.Damaged++
		return
	}
	if s.number%t.every == 0 {
		_ = t.turn.RecordValue(int64(min(max(read-s.due, time.Microsecond), highestLatency) / time.Microsecond)) // in range
	}
	if s.number == l.next[s.slot] {
		l.next[s.slot]++
		return
	}
	l.irregular(s)
}

// irregular counts a message that is not the next one.
func (l *listener) irregular(s stamp) {
	t, key := l.tally, stamp{number: s.number, slot: s.slot}
	if l.missing == nil {
		l.missing = make(map[stamp]struct{})
	}
	if _, late := l.missing[key]; late {
		delete(l.missing, key)
		t.Lost--
		t.Disordered++
		return
	}
	if s.number < l.next[s.slot] {
		t.Duplicates++
		return
	}
	t.Lost += s.number - l.next[s.slot]
	for n := l.next[s.slot]; n < s.number && len(l.missing) < maxMissing; n++ {
		l.missing[stamp{number: n, slot: s.slot}] = struct{}{}
	}
	l.next[s.slot] = s.number + 1
}

// maxMissing bounds what is remembered of a run that has failed anyway.
const maxMissing = 1 << 16
