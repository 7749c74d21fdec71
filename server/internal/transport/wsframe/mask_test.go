package wsframe

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUnmask(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for size := range 70 {
		payload, want := make([]byte, size), make([]byte, size)
		var mask [4]byte
		_, _ = random.Read(payload)
		_, _ = random.Read(mask[:])
		for i, b := range payload {
			want[i] = b ^ mask[i%4]
		}
		Unmask(payload, mask)
		assert.Equal(t, want, payload, size)
	}
}

func BenchmarkUnmask(b *testing.B) {
	payload := make([]byte, 160)
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		Unmask(payload, [4]byte{1, 2, 3, 4})
	}
}
