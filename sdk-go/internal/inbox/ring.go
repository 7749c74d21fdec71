package inbox

import "time"

const (
	// ringKept is how many slots a ring keeps however little it is used.
	ringKept = 1024
	// quietTime is how long a ring must have been mostly unused before it gives half
	// of its memory back. Under load a ring becomes empty many times a second, between
	// bursts of any size: it must not be made anew each time.
	quietTime = 5 * time.Second
)

// ring is a queue that grows as needed, and gives memory back, step by step, that
// it has not needed for a while.
type ring struct {
	slots []Item // its length is 0 or a power of two
	head  int
	count int
	peak  int       // the most items since it was empty last
	quiet time.Time // since when it has been mostly unused whenever it became empty; zero: it has not
}

func (r *ring) len() int { return r.count }

func (r *ring) push(item Item) {
	if r.count == len(r.slots) {
		r.resize(max(8, 2*len(r.slots)))
	}
	r.slots[(r.head+r.count)&(len(r.slots)-1)] = item
	r.count++
	r.peak = max(r.peak, r.count)
}

// pop takes the oldest item; there must be one.
func (r *ring) pop() Item {
	slot := &r.slots[r.head]
	item := *slot
	*slot = Item{}
	r.head = (r.head + 1) & (len(r.slots) - 1)
	if r.count--; r.count == 0 {
		if len(r.slots) > ringKept {
			r.giveBack(r.peak < len(r.slots)/4)
		}
		r.peak = 0
	}
	return item
}

// giveBack gives half of the memory back if the ring, which is empty, has been
// mostly unused for long enough.
func (r *ring) giveBack(mostlyUnused bool) {
	switch now := time.Now(); {
	case !mostlyUnused:
		r.quiet = time.Time{}
	case r.quiet.IsZero():
		r.quiet = now
	case now.Sub(r.quiet) >= quietTime:
		r.resize(len(r.slots) / 2)
		r.quiet = now
	}
}

// resize moves the items, which fit, into a ring of another length.
func (r *ring) resize(length int) {
	slots := make([]Item, length)
	if r.count > 0 {
		n := copy(slots, r.slots[r.head:])
		copy(slots[n:], r.slots[:r.head])
	}
	r.slots, r.head = slots, 0
}
