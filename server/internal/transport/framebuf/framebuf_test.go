package framebuf

import (
	"fmt"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/server/internal/outbox"
)

func TestFrameHasTheRoomThatWasAskedFor(t *testing.T) {
	for size := range 5000 {
		f := New(outbox.KindMessage, 3, size)
		assert.Equal(t, outbox.KindMessage, f.Kind)
		assert.Equal(t, 3, f.Messages)
		assert.Empty(t, f.Data)
		assert.GreaterOrEqual(t, cap(f.Data), size)
	}
}

func TestRoomsFillTheirSizeClasses(t *testing.T) {
	assert.EqualValues(t, frameSize, unsafe.Sizeof(outbox.Frame{}))
}

func TestSmallFrameIsOneAllocation(t *testing.T) {
	for _, size := range []int{0, 80, 81, 200, 464, 900, 1900, room2048} {
		assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() { sink = New(outbox.KindWire, 0, size) }), size)
	}
}

var sink *outbox.Frame

func BenchmarkNew(b *testing.B) {
	for _, size := range []int{60, 200, 900, 4000} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink = New(outbox.KindWire, 0, size)
			}
		})
	}
}
