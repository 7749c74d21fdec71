package wsframe

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAppendHeader(t *testing.T) {
	for size, want := range map[int][]byte{
		0:       {0x82, 0},
		125:     {0x82, 125},
		126:     {0x82, 126, 0, 126},
		65535:   {0x82, 126, 0xff, 0xff},
		65536:   {0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0},
		1 << 24: {0x82, 127, 0, 0, 0, 0, 1, 0, 0, 0},
	} {
		assert.Equal(t, want, AppendHeader(nil, Binary, size), size)
		assert.Equal(t, len(want), HeaderSize(size), size)
	}
}

func TestParseHeaderReadsWhatWasWritten(t *testing.T) {
	for _, o := range []Opcode{Continuation, Text, Binary, Close, Ping, Pong} {
		for _, size := range []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 30} {
			b := AppendHeader(nil, o, size)
			want := Header{Fin: true, Opcode: o, Size: len(b), Payload: uint64(size)} //nolint:gosec // a size
			got, ok := ParseHeader(b)
			require.True(t, ok)
			assert.Equal(t, want, got)

			masked := append(append([]byte{}, b...), 1, 2, 3, 4)
			masked[0] &^= 0x80
			masked[1] |= 0x80
			want.Fin, want.Size, want.Masked, want.Mask = false, len(masked), true, [4]byte{1, 2, 3, 4}
			got, ok = ParseHeader(masked)
			require.True(t, ok)
			assert.Equal(t, want, got)
			for cut := range masked {
				_, ok = ParseHeader(masked[:cut])
				assert.False(t, ok)
			}
		}
		assert.Equal(t, o >= Close, o.IsControl())
		for _, bit := range []byte{0x40, 0x20, 0x10} {
			got, _ := ParseHeader([]byte{byte(o) | bit, 0})
			assert.True(t, got.Reserved)
		}
	}
}
