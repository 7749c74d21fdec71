package dedup_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/dedup"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

func id(i int) wire.ID { return wire.ID{Origin: 7, Sequence: uint64(i)} }

const unarmedSize, armedSize = 1 << 12, 1 << 18

func TestWindowKnowsWhatCameBeforeItWasArmed(t *testing.T) {
	var w dedup.Window[int]
	for i := range unarmedSize + 10 {
		w.Put(id(i), 0)
	}
	assert.False(t, contains(&w, id(100)), "not armed: nothing is known")
	w.Arm()
	assert.False(t, contains(&w, id(9)), "the oldest are forgotten")
	assert.True(t, contains(&w, id(10)))
	assert.True(t, contains(&w, id(unarmedSize+9)))
}

// SDK-9: the window is bounded.
func TestArmedWindowIsBounded(t *testing.T) {
	var w dedup.Window[int]
	for i := range unarmedSize + 3 { // so that the ring does not start at its beginning
		w.Put(id(i), 0)
	}
	w.Arm()
	w.Arm()
	for i := range armedSize {
		w.Put(id(1_000_000+i), 0)
	}
	assert.False(t, contains(&w, id(unarmedSize+2)))
	assert.True(t, contains(&w, id(1_000_000)))
	w.Put(id(5_000_000), 0)
	assert.False(t, contains(&w, id(1_000_000)))
	assert.True(t, contains(&w, id(1_000_001)))
}

func TestDisarmKeepsTheNewest(t *testing.T) {
	var w dedup.Window[int]
	w.Arm()
	for i := range 3 * unarmedSize {
		w.Put(id(i), 0)
	}
	w.Disarm()
	assert.False(t, w.Armed())
	assert.False(t, contains(&w, id(3*unarmedSize-1)))
	w.Arm()
	assert.True(t, contains(&w, id(2*unarmedSize)))
	assert.False(t, contains(&w, id(2*unarmedSize-1)))
}

// Model test: an armed window is the set of the newest ids.
func FuzzWindowAgainstModel(f *testing.F) {
	f.Add([]byte{1, 2, 3, 255, 1, 4, 254, 5, 255})
	f.Fuzz(func(t *testing.T, ops []byte) {
		var w dedup.Window[int]
		var model []wire.ID
		seen := map[wire.ID]bool{}
		for i, op := range ops {
			switch op {
			case 255:
				w.Arm()
			case 254:
				w.Disarm()
			default:
				next := wire.ID{Origin: uint64(op), Sequence: uint64(i)}
				w.Put(next, 0)
				model = append(model, next)
				seen[next] = true
			}
		}
		for _, known := range model {
			assert.Equal(t, w.Armed(), contains(&w, known))
		}
	})
}

func BenchmarkAddUnarmed(b *testing.B) {
	var w dedup.Window[int]
	for i := range b.N {
		w.Put(id(i), 0)
	}
}

func contains(w *dedup.Window[int], id wire.ID) bool {
	_, found := w.Get(id)
	return found
}
