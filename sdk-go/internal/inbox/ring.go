package inbox

// ringKept is up to how many slots an emptied ring keeps for later.
const ringKept = 1024

// ring is a queue that grows as needed and gives much memory back when it has
// become empty.
type ring struct {
	slots []Item // its length is 0 or a power of two
	head  int
	count int
}

func (r *ring) len() int { return r.count }

func (r *ring) push(item Item) {
	if r.count == len(r.slots) {
		r.grow()
	}
	r.slots[(r.head+r.count)&(len(r.slots)-1)] = item
	r.count++
}

// pop takes the oldest item; there must be one.
func (r *ring) pop() Item {
	slot := &r.slots[r.head]
	item := *slot
	*slot = Item{}
	r.head = (r.head + 1) & (len(r.slots) - 1)
	r.count--
	if r.count == 0 && len(r.slots) > ringKept {
		*r = ring{}
	}
	return item
}

func (r *ring) grow() {
	slots := make([]Item, max(8, 2*len(r.slots)))
	n := copy(slots, r.slots[r.head:])
	copy(slots[n:], r.slots[:r.head])
	r.slots, r.head = slots, 0
}
