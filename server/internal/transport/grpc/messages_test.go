package grpc

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// scripted is pieces that have been cut before. Each is overwritten once it is
// borrowed no more.
type scripted struct {
	rest  [][]byte
	lent  []byte
	ended error
}

func (s *scripted) Next() ([]byte, error) {
	for i := range s.lent {
		s.lent[i] = 0xee
	}
	if len(s.rest) == 0 {
		return nil, s.ended
	}
	s.lent, s.rest = bytes.Clone(s.rest[0]), s.rest[1:]
	return s.lent, nil
}

func framed(messages ...[]byte) (stream []byte) {
	for _, m := range messages {
		stream = append(appendPrefix(stream, len(m)), m...)
	}
	return stream
}

// cutUp cuts a stream into pieces of at most so many bytes.
func cutUp(stream []byte, most int, random *rand.Rand) (pieces [][]byte) {
	for len(stream) > 0 {
		n := min(len(stream), 1+random.IntN(most))
		pieces, stream = append(pieces, stream[:n]), stream[n:]
	}
	return pieces
}

func TestMessagesArriveHoweverTheyAreCut(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var want [][]byte
		for range random.IntN(20) {
			want = append(want, bytes.Repeat([]byte{byte(random.Uint32())}, random.IntN(1+random.IntN(10_000))))
		}
		from := &scripted{rest: cutUp(framed(want...), 1+random.IntN(20_000), random), ended: io.EOF}
		var m messages
		for _, message := range want {
			got, err := m.next(from, 10_000)
			require.NoError(t, err)
			require.True(t, bytes.Equal(message, got))
		}
		_, err := m.next(from, 10_000)
		require.ErrorIs(t, err, io.EOF)
		assert.LessOrEqual(t, cap(m.partial), keepPartial, "nothing large is kept")
	}
}

func TestStreamsThatAreNoMessages(t *testing.T) { // ER-4
	for name, test := range map[string]struct {
		stream []byte
		reason apierror.Reason
	}{
		"cut in the prefix":  {[]byte{0, 0}, apierror.RequestInvalid},
		"cut in the message": {[]byte{0, 0, 0, 0, 9, 'x'}, apierror.RequestInvalid},
		"compressed":         {[]byte{1, 0, 0, 0, 1, 'x'}, apierror.RequestInvalid},
		"longer than read":   {[]byte{0, 0, 0, 0, 101}, apierror.PayloadTooLarge},
		"longer than memory": {[]byte{0, 0xff, 0xff, 0xff, 0xff}, apierror.PayloadTooLarge},
	} {
		for _, most := range []int{1, 100} {
			var m messages
			_, err := m.next(&scripted{rest: cutUp(test.stream, most, rand.New(rand.NewPCG(1, 2))), ended: io.EOF}, 100)
			assert.Equal(t, test.reason, apierror.ReasonOf(err), name)
		}
	}
}

func TestAnnouncedLengthsTakeNoMemory(t *testing.T) {
	var m messages
	_, err := m.next(&scripted{rest: [][]byte{{0, 0, 0x10, 0, 0, 'x'}}, ended: io.ErrUnexpectedEOF}, 1<<20)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Less(t, cap(m.partial), 100)
}

func FuzzMessages(f *testing.F) {
	f.Add(framed([]byte("hello"), nil, []byte("world")), uint8(3))
	f.Add([]byte{0, 0, 0, 0, 9, 'x'}, uint8(1))
	f.Add([]byte{1, 0, 0, 0, 1, 'x'}, uint8(200))
	f.Add([]byte{0, 0xff, 0xff, 0xff, 0xff}, uint8(4))
	f.Fuzz(func(t *testing.T, stream []byte, most uint8) {
		const limit = 1000
		from := &scripted{rest: cutUp(stream, 1+int(most), rand.New(rand.NewPCG(1, 2))), ended: io.EOF}
		var m messages
		for rest := stream; ; {
			got, err := m.next(from, limit)
			whole := len(rest) >= prefixBytes && rest[0] == 0
			size := 0
			if whole {
				size = int(binary.BigEndian.Uint32(rest[1:]))
				whole = size <= limit && len(rest) >= prefixBytes+size
			}
			require.Equal(t, whole, err == nil)
			if !whole {
				require.Equal(t, len(rest) == 0, err == io.EOF) //nolint:errorlint // as it is
				return
			}
			require.True(t, bytes.Equal(rest[prefixBytes:prefixBytes+size], got))
			rest = rest[prefixBytes+size:]
		}
	})
}
