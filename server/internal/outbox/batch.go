package outbox

import "sync"

// A batch is what goes out in one write: up to batchFrames frames of up to
// batchBytes in all, or a single larger one. The largest segment that the kernel
// hands over at once has 65,483 bytes on loopback and less than 64 KiB anywhere
// else: a write that is a little larger than that makes a second, tiny one, which
// costs as much as the first.
const (
	batchFrames = 512
	batchBytes  = 60 << 10
)

type batch struct {
	items           [batchFrames]*Frame
	n               int
	bytes, messages int
	cost            int
	oldest          int64 // when the first delivery was published
}

var batches = sync.Pool{New: func() any { return new(batch) }}

func (b *batch) frames() []*Frame { return b.items[:b.n] }

// fits says whether f may join. An empty batch takes a frame of any size.
func (b *batch) fits(f *Frame) bool {
	return b.n == 0 || b.n < batchFrames && b.bytes+len(f.Data) <= batchBytes
}

func (b *batch) add(f *Frame) {
	b.items[b.n] = f
	b.n++
	b.bytes += len(f.Data)
	b.cost += costOf(f)
	b.messages += f.Messages
	if b.oldest == 0 {
		b.oldest = f.PublishedAt
	}
}

func (b *batch) reset() {
	clear(b.items[:b.n])
	b.n, b.bytes, b.cost, b.messages, b.oldest = 0, 0, 0, 0, 0
}
