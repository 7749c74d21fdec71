package inbox

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Model test: a ring is a queue, whatever its length has been.
func FuzzRingAgainstModel(f *testing.F) {
	f.Add([]byte{200, 100, 200, 255, 3, 1, 255, 250, 250, 250, 250, 250, 255, 1, 1})
	f.Fuzz(func(t *testing.T, steps []byte) {
		var r ring
		pushed, popped := uint64(0), uint64(0)
		for _, step := range steps {
			for range int(step) * 20 {
				if step%2 == 0 {
					r.push(Item{Lost: pushed})
					pushed++
				} else if r.len() > 0 {
					require.Equal(t, popped, r.pop().Lost)
					popped++
				}
			}
			require.Equal(t, int(pushed-popped), r.len())
		}
	})
}

// A burst's memory is given back step by step when it has not been needed for a
// while, and kept until then: also when the ring becomes empty again and again.
func TestRingShrinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r ring
		burst := func(n int) {
			for range n {
				r.push(Item{})
			}
			for range n {
				r.pop()
			}
		}
		burst(10_000)
		for range 1000 {
			burst(1)
		}
		assert.Len(t, r.slots, 16384)
		time.Sleep(quietTime - time.Millisecond)
		burst(9_000)
		time.Sleep(time.Millisecond)
		burst(1)
		time.Sleep(quietTime - time.Millisecond)
		burst(1)
		assert.Len(t, r.slots, 16384, "the big burst has begun the time anew")
		time.Sleep(time.Millisecond)
		burst(1)
		assert.Len(t, r.slots, 8192)
		for range 10 {
			time.Sleep(quietTime)
			burst(1)
		}
		assert.Len(t, r.slots, ringKept)
	})
}
