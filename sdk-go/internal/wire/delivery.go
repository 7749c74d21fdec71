package wire

// ID names one published message, unique across the cluster. No order follows
// from it.
type ID struct {
	Origin   uint64
	Sequence uint64
}

// Delivery is one message as it reaches the client.
type Delivery struct {
	ID ID
	// PublishedAt is nanoseconds since the Unix epoch by the server's clock.
	PublishedAt int64
	Tenant      string
	Channel     string
	// Payload never changes once it is here. It may share a block of at most
	// blockBytes bytes with the payloads of neighbouring messages. Not nil.
	Payload []byte
}

// Batch is the deliveries of one frame, in order, each with the handles of the
// patterns that matched. The decoder owns it and reuses it for the next frame;
// the Deliveries in it may be copied and kept.
type Batch struct {
	deliveries []Delivery
	ends       []int // ends[i] is where the handles of delivery i end
	handles    []uint64
}

// Len is how many deliveries there are.
func (b *Batch) Len() int { return len(b.deliveries) }

// At is the delivery i and its pattern handles, both valid until the next frame.
func (b *Batch) At(i int) (*Delivery, []uint64) {
	start := 0
	if i > 0 {
		start = b.ends[i-1]
	}
	return &b.deliveries[i], b.handles[start:b.ends[i]]
}

// reset empties the batch and lets go of the payloads in it.
func (b *Batch) reset() {
	clear(b.deliveries)
	b.deliveries, b.ends, b.handles = b.deliveries[:0], b.ends[:0], b.handles[:0]
}

// extend adds an empty delivery and returns it.
func (b *Batch) extend() *Delivery {
	b.deliveries = append(b.deliveries, Delivery{})
	return &b.deliveries[len(b.deliveries)-1]
}

func (b *Batch) finish() { b.ends = append(b.ends, len(b.handles)) }
