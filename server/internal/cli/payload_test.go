package cli

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// DL-7: a payload that is too large is an error, never a truncation.
func TestWholeInput(t *testing.T) {
	payload, err := wholeInput(strings.NewReader("a\nb\n"), 4)
	require.NoError(t, err)
	assert.Equal(t, "a\nb\n", string(payload))
	payload, err = wholeInput(strings.NewReader(""), 4)
	require.NoError(t, err)
	assert.Empty(t, payload)
	_, err = wholeInput(strings.NewReader("12345"), 4)
	assert.ErrorContains(t, err, "PAYLOAD_TOO_LARGE: a payload has at most 4 bytes")
	_, err = wholeInput(iotest.ErrReader(errors.New("no disk")), 4)
	assert.ErrorContains(t, err, "no disk")
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 3*lineBufferBytes)
	tests := []struct {
		input string
		limit int
		want  []string
		fault string
	}{
		{"", 9, nil, ""},
		{"a", 9, []string{"a"}, ""},
		{"a\n", 9, []string{"a"}, ""},
		{"a\r\n\n b \n", 9, []string{"a", "", " b "}, ""},
		{"1234\n1234\r\n1234", 4, []string{"1234", "1234", "1234"}, ""},
		{"1234\n12345\n1\n", 4, []string{"1234"}, "line 2 of standard input: PAYLOAD_TOO_LARGE"},
		{"1\n12345", 4, []string{"1"}, "line 2"},
		{long + "\n" + long, len(long), []string{long, long}, ""},
		{long, 9, nil, "line 1"},
	}
	for _, test := range tests {
		for _, reader := range []io.Reader{strings.NewReader(test.input), iotest.OneByteReader(strings.NewReader(test.input))} {
			got, err := collect(reader, test.limit)
			assert.Equal(t, test.want, got)
			if test.fault == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.fault)
			}
		}
	}
}

func TestLinesOfABrokenInput(t *testing.T) {
	got, err := collect(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(errors.New("no disk"))), 9)
	assert.Equal(t, []string{"a"}, got)
	assert.ErrorContains(t, err, "line 2 of standard input: no disk")
}

func collect(r io.Reader, limit int) (all []string, err error) {
	for line, err := range lines(r, limit) {
		if err != nil {
			return all, err
		}
		all = append(all, string(line))
	}
	return all, nil
}

func FuzzLines(f *testing.F) {
	f.Add("a\nb\r\n\nc", 4)
	f.Add("\n\n", 0)
	f.Add("\r\r\n", 1)
	f.Fuzz(func(t *testing.T, input string, limit int) {
		limit = min(max(limit, 0), 100)
		got, err := collect(strings.NewReader(input), limit)
		var want []string
		for line := range strings.Lines(input) {
			line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
			if len(line) > limit {
				require.Error(t, err)
				break
			}
			want = append(want, line)
		}
		assert.Equal(t, want, got)
	})
}
