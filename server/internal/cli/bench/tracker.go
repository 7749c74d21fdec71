package bench

import "slices"

// tracker checks the numbers of one stream: one publisher on one channel, as one
// subscriber sees it.
type tracker struct {
	next    uint64 // the number that comes next in a perfect stream
	missing []span // numbers below next that have not come, in order
	counts  Faults
	ended   bool
	total   uint64 // how many there were, once ended
}

// span is the numbers from first up to, but without, end.
type span struct{ first, end uint64 }

// Faults counts what went wrong with messages.
type Faults struct {
	// Lost never came.
	Lost uint64 `json:"lost"`
	// Duplicates came more than once.
	Duplicates uint64 `json:"duplicates"`
	// Disordered came after a later one.
	Disordered uint64 `json:"disordered"`
}

// Any says whether anything went wrong.
func (f Faults) Any() bool { return f != Faults{} }

func (f *Faults) add(other Faults) {
	f.Lost += other.Lost
	f.Duplicates += other.Duplicates
	f.Disordered += other.Disordered
}

// observe takes the next number that came.
func (t *tracker) observe(sequence uint64) {
	switch {
	case sequence == t.next:
		t.next++
	case sequence > t.next:
		t.missing = append(t.missing, span{t.next, sequence})
		t.next = sequence + 1
	case t.fill(sequence):
		t.counts.Disordered++
	default:
		t.counts.Duplicates++
	}
}

// fill takes a number from the missing ones; false: it was not missing.
func (t *tracker) fill(sequence uint64) bool {
	at, found := slices.BinarySearchFunc(t.missing, sequence, func(s span, number uint64) int {
		switch {
		case s.end <= number:
			return -1
		case s.first > number:
			return 1
		default:
			return 0
		}
	})
	if !found {
		return false
	}
	hole := t.missing[at]
	var rest []span
	if hole.first < sequence {
		rest = append(rest, span{hole.first, sequence})
	}
	if sequence+1 < hole.end {
		rest = append(rest, span{sequence + 1, hole.end})
	}
	t.missing = slices.Replace(t.missing, at, at+1, rest...)
	return true
}

// end says that the stream had total numbers.
func (t *tracker) end(total uint64) { t.ended, t.total = true, total }

// faults counts what went wrong up to now, if the stream has total numbers.
func (t *tracker) faults(total uint64) Faults {
	counts := t.counts
	for _, hole := range t.missing {
		counts.Lost += hole.end - hole.first
	}
	if total > t.next {
		counts.Lost += total - t.next
	}
	return counts
}
