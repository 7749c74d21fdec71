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
		for len(want) > 0 {
			first, err := m.next(from, 10_000)
			require.NoError(t, err)
			got := [][]byte{first}
			for len(got) < 3 { // at most, so that next takes over amid a piece, too
				more := m.another(10_000)
				if more == nil {
					break
				}
				got = append(got, more)
			}
			for i := range got { // all are borrowed until the next call of next
				require.True(t, bytes.Equal(want[i], got[i]))
			}
			want = want[len(got):]
		}
		_, err := m.next(from, 10_000)
		require.ErrorIs(t, err, io.EOF)
		assert.LessOrEqual(t, cap(m.partial), keepPartial, "nothing large is kept")
	}
}

func TestAnother(t *testing.T) {
	one, two, long := []byte("one"), []byte("two"), bytes.Repeat([]byte("x"), 50)
	stream := framed(one, two, long)
	from := &scripted{rest: [][]byte{stream[:6], stream[6:20], stream[20:]}, ended: io.EOF}
	var m messages
	got, err := m.next(from, 40)
	require.NoError(t, err)
	assert.Equal(t, one, got)
	assert.Equal(t, two, m.another(40), "behind a message that came in two pieces")
	assert.Equal(t, one, got, "it is still borrowed")
	assert.Nil(t, m.another(40), "no whole prefix has arrived")
	_, err = m.next(from, 40)
	assert.Equal(t, apierror.PayloadTooLarge, apierror.ReasonOf(err))

	refused := &scripted{rest: [][]byte{append(framed(one), 1, 0, 0, 0, 1, 'x')}}
	m = messages{}
	_, err = m.next(refused, 40)
	require.NoError(t, err)
	assert.Nil(t, m.another(40), "next refuses it")
	_, err = m.next(refused, 40)
	assert.Equal(t, apierror.RequestInvalid, apierror.ReasonOf(err))
	assert.Nil(t, new(messages).another(40), "before anything has arrived")
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
			got, err := m.another(limit), error(nil)
			if got == nil {
				got, err = m.next(from, limit)
			}
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
