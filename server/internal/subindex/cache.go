package subindex

import (
	"hash/maphash"
	"sync/atomic"
)

// A cache has a power of two of slots, between these bounds: it grows when
// channels fight for slots.
const (
	minSlots = 16
	maxSlots = 1 << 16
)

// cache holds the answers to channels, each in the one slot that its hash
// names. Reading takes no lock. Writing needs at least the index's read lock, so
// that an answer never gets in behind the change that makes it wrong.
type cache[S comparable] struct {
	slots     atomic.Pointer[[]atomic.Pointer[slot[S]]]
	conflicts atomic.Int64 // since the last growth
}

type slot[S comparable] struct {
	channel string
	shape   uint64 // of the trie, when the answer was found
	result  *Result[S]
}

var seed = maphash.MakeSeed()

func position[S comparable](slots []atomic.Pointer[slot[S]], channel string) *atomic.Pointer[slot[S]] {
	return &slots[maphash.String(seed, channel)&uint64(len(slots)-1)]
}

// get is the slot of the channel, if it holds the channel.
func (c *cache[S]) get(channel string) *slot[S] {
	slots := c.slots.Load()
	if slots == nil {
		return nil
	}
	if s := position(*slots, channel).Load(); s != nil && s.channel == channel {
		return s
	}
	return nil
}

func (c *cache[S]) put(s *slot[S]) {
	slots := c.slots.Load()
	if slots == nil || c.conflicts.Load() > int64(len(*slots)) && len(*slots) < maxSlots {
		slots = c.grow(slots)
	}
	at := position(*slots, s.channel)
	if old := at.Swap(s); old != nil && old.channel != s.channel && old.shape == s.shape {
		c.conflicts.Add(1)
	}
}

// grow starts anew with four times as many slots. Of two that grow at once one
// wins.
func (c *cache[S]) grow(old *[]atomic.Pointer[slot[S]]) *[]atomic.Pointer[slot[S]] {
	size := minSlots
	if old != nil {
		size = 4 * len(*old)
	}
	grown := make([]atomic.Pointer[slot[S]], size)
	if c.slots.CompareAndSwap(old, &grown) {
		c.conflicts.Store(0)
	}
	return c.slots.Load()
}

// forget empties the channel's slot. It needs the index's write lock.
func (c *cache[S]) forget(channel string) {
	if slots := c.slots.Load(); slots != nil {
		if at := position(*slots, channel); at.Load() != nil && at.Load().channel == channel {
			at.Store(nil)
		}
	}
}
