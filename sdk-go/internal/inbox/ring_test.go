package inbox

import (
	"testing"

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

// A burst's memory is given back step by step when it is not needed any more, and
// kept while it is.
func TestRingShrinks(t *testing.T) {
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
	burst(9_000)
	assert.Len(t, r.slots, 16384)
	for range 10 {
		burst(1)
	}
	assert.Len(t, r.slots, ringKept)
}
