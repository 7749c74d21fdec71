// Package lru is a cache that forgets what has not been used for longest when what
// it holds weighs too much.
package lru

import (
	"fmt"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache holds values up to a total weight. Any goroutine may call any method.
type Cache[K comparable, V any] struct {
	mu        sync.Mutex
	entries   *simplelru.LRU[K, entry[V]]
	weight    int
	maxWeight int
}

type entry[V any] struct {
	value  V
	weight int
}

// New makes a cache that holds at most maxWeight, which is at least 1, in a unit of
// the caller's.
func New[K comparable, V any](maxWeight int) *Cache[K, V] {
	c := &Cache[K, V]{maxWeight: maxWeight}
	// Every entry weighs at least 1, so the weight binds before the number does.
	entries, err := simplelru.NewLRU(maxWeight, func(_ K, e entry[V]) { c.weight -= e.weight })
	if err != nil {
		panic(fmt.Sprintf("lru: a cache of weight %d: %v", maxWeight, err))
	}
	c.entries = entries
	return c
}

// Get is the value under a key, which now counts as used.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries.Get(key)
	return e.value, ok
}

// Put holds a value that weighs at least 1, in the place of an older one under the
// key. A value that alone weighs too much is not held.
func (c *Cache[K, V]) Put(key K, value V, weight int) {
	weight = max(weight, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries.Remove(key)
	if weight > c.maxWeight {
		return
	}
	for c.weight+weight > c.maxWeight {
		c.entries.RemoveOldest()
	}
	c.weight += weight
	c.entries.Add(key, entry[V]{value, weight})
}
