package inbox

// ringKept is how many slots a ring keeps however little it is used.
const ringKept = 1024

// ring is a queue that grows as needed. When it has become empty and had been
// mostly unused, it gives half of its memory back.
type ring struct {
	slots []Item // its length is 0 or a power of two
	head  int
	count int
	peak  int // the most items since it was empty last
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
		if len(r.slots) > ringKept && r.peak < len(r.slots)/4 {
			r.resize(len(r.slots) / 2)
		}
		r.peak = 0
	}
	return item
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
