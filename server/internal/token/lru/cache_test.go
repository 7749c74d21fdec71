package lru_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/token/lru"
)

func holds(c *lru.Cache[string, int], key string) bool {
	_, ok := c.Get(key)
	return ok
}

func TestTheLeastRecentlyUsedGoes(t *testing.T) {
	c := lru.New[string, int](3)
	c.Put("a", 1, 1)
	c.Put("b", 2, 1)
	c.Put("c", 3, 1)
	assert.True(t, holds(c, "a"))
	c.Put("d", 4, 1)
	assert.False(t, holds(c, "b"))
	c.Put("e", 5, 2)
	assert.False(t, holds(c, "c"))
	assert.False(t, holds(c, "a"))
	assert.True(t, holds(c, "d"))
	value, ok := c.Get("e")
	assert.True(t, ok)
	assert.Equal(t, 5, value)
}

func TestAValueIsReplaced(t *testing.T) {
	c := lru.New[string, int](3)
	c.Put("a", 1, 3)
	c.Put("a", 2, 1)
	c.Put("b", 3, 2)
	value, ok := c.Get("a")
	assert.True(t, ok, "the weight of the older value is free again")
	assert.Equal(t, 2, value)
	c.Put("a", 4, 4)
	assert.False(t, holds(c, "a"), "too heavy to hold, and the older value is wrong by now")
	assert.True(t, holds(c, "b"), "nothing goes for a value that is not held")
}

func TestAWeightOfLessThanOneIsOne(t *testing.T) {
	c := lru.New[string, int](1)
	c.Put("a", 1, 0)
	c.Put("b", 2, -5)
	assert.False(t, holds(c, "a"))
	assert.True(t, holds(c, "b"))
}

func TestACacheOfNothing(t *testing.T) {
	assert.Panics(t, func() { lru.New[string, int](0) })
}

// A plain list, most recently used first, is the model.
func TestModel(t *testing.T) {
	const maxWeight = 20
	type held struct{ key, value, weight int }
	random := rand.New(rand.NewPCG(1, 2))
	c := lru.New[int, int](maxWeight)
	var model []held
	take := func(key int) (held, bool) {
		for i, h := range model {
			if h.key == key {
				model = append(model[:i:i], model[i+1:]...)
				return h, true
			}
		}
		return held{}, false
	}
	for step := range 20_000 {
		key := random.IntN(15)
		if random.IntN(2) == 0 {
			value, ok := c.Get(key)
			h, known := take(key)
			require.Equal(t, known, ok)
			if ok {
				require.Equal(t, h.value, value)
				model = append([]held{h}, model...)
			}
			continue
		}
		h := held{key, step, 1 + random.IntN(maxWeight+2)}
		c.Put(key, h.value, h.weight)
		take(key)
		if h.weight <= maxWeight {
			model = append([]held{h}, model...)
		}
		sum := 0
		for i, h := range model {
			if sum += h.weight; sum > maxWeight {
				model = model[:i]
				break
			}
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	c := lru.New[int, int](10)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for n := range 1000 {
				c.Put(n%20, n%20, 1)
				if value, ok := c.Get(n % 7); ok {
					assert.Equal(t, n%7, value)
				}
			}
		})
	}
	group.Wait()
}
