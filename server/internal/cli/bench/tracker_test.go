package bench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestTracker(t *testing.T) {
	tests := []struct {
		title string
		seen  []uint64
		total uint64
		want  Faults
	}{
		{"nothing sent", nil, 0, Faults{}},
		{"all in order", []uint64{0, 1, 2, 3}, 4, Faults{}},
		{"lost at the end", []uint64{0, 1}, 4, Faults{Lost: 2}},
		{"lost at the start", []uint64{2, 3}, 4, Faults{Lost: 2}},
		{"lost in the middle", []uint64{0, 3}, 4, Faults{Lost: 2}},
		{"late", []uint64{0, 2, 1, 3}, 4, Faults{Disordered: 1}},
		{"twice", []uint64{0, 0, 1, 1, 2, 3}, 4, Faults{Duplicates: 2}},
		{"late and twice", []uint64{0, 3, 1, 1, 2}, 4, Faults{Disordered: 2, Duplicates: 1}},
		{"all at once", []uint64{1, 5, 2, 5, 0}, 8, Faults{Lost: 4, Disordered: 2, Duplicates: 1}},
	}
	for _, test := range tests {
		t.Run(test.title, func(t *testing.T) {
			var tracked tracker
			for _, sequence := range test.seen {
				tracked.observe(sequence)
			}
			got := tracked.faults(test.total)
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.want != Faults{}, got.Any())
		})
	}
}

// The tracker against a model that remembers everything.
func FuzzTracker(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3})
	f.Add([]byte{3, 1, 1, 0, 9, 2})
	f.Add([]byte{255, 0, 128, 127, 129, 128})
	f.Fuzz(func(t *testing.T, numbers []byte) {
		var tracked tracker
		var want Faults
		seen, highest := map[byte]bool{}, -1
		for _, number := range numbers {
			tracked.observe(uint64(number))
			switch {
			case seen[number]:
				want.Duplicates++
			case int(number) < highest:
				want.Disordered++
			}
			seen[number] = true
			highest = max(highest, int(number))
		}
		const total = 256
		want.Lost = uint64(total - len(seen))
		assert.Equal(t, want, tracked.faults(total))
	})
}

func TestStamp(t *testing.T) {
	payload := make([]byte, StampBytes+3)
	want := stamp{kind: kindMessage, publisher: 7, sequence: 1 << 40, sent: 3 * time.Second}
	want.write(payload)
	got, ok := readStamp(payload)
	assert.True(t, ok)
	assert.Equal(t, want, got)
}

func FuzzReadStamp(f *testing.F) {
	f.Add([]byte("x"))
	f.Add(make([]byte, StampBytes))
	f.Add([]byte("m00000000000000000000tail"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		read, ok := readStamp(payload)
		if !ok {
			return
		}
		again := make([]byte, StampBytes)
		read.write(again)
		assert.Equal(t, payload[:StampBytes], again)
	})
}
