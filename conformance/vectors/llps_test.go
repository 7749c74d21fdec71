package vectors

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// errCut is the one error of the reader below.
var errCut = errors.New("the frame does not hold what it says")

// frameReader takes a frame apart field by field, straight from the document of
// the wire: it proves the vectors, and shares no code with what they test.
type frameReader struct {
	rest []byte
	err  error
}

func (r *frameReader) take(n int) []byte {
	if r.err != nil || n > len(r.rest) {
		r.err = errCut
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *frameReader) number(bytes int) int {
	padded := make([]byte, 8)
	copy(padded[8-bytes:], r.take(bytes))
	return int(binary.BigEndian.Uint64(padded))
}

func (r *frameReader) text() string { return string(r.take(r.number(2))) }

func readPublish(frame []byte) (*Publish, error) {
	r := &frameReader{rest: frame}
	p := &Publish{Version: 1, Mode: "broadcast"}
	if len(frame) > 0 && frame[0] != 0 {
		modes := map[int]string{0: "broadcast", 1: "one-low-latency", 2: "one-random"}
		first, mode := r.number(1), r.number(1)
		if first != 2 || modes[mode] == "" {
			return nil, errCut
		}
		p.Version, p.Mode = 2, modes[mode]
	}
	p.Tenant, p.Channel = r.text(), r.text()
	p.Payload = append(Bytes{}, r.rest...)
	return p, r.err
}

func readDeliver(frame []byte) (*Deliver, error) {
	r := &frameReader{rest: frame}
	if r.number(1) != 1 {
		return nil, errCut
	}
	d := &Deliver{Tenant: r.text(), Channel: r.text()}
	d.Payload = append(Bytes{}, r.take(r.number(4))...)
	for range r.number(2) {
		d.Patterns = append(d.Patterns, r.text())
	}
	if len(d.Patterns) == 0 || len(r.rest) > 0 {
		return nil, errCut
	}
	return d, r.err
}

// DL-2, DL-6, DL-7.
func TestLLPSFramesSayWhatTheCasesClaim(t *testing.T) {
	cases, err := LLPSFrames()
	require.NoError(t, err)
	seen := make(map[string]bool)
	for _, c := range cases {
		assert.False(t, seen[c.Name], "two cases are named %q", c.Name)
		seen[c.Name] = true
		for _, id := range c.Rules {
			assert.Regexp(t, ruleID, id, c.Name)
		}
		switch c.Kind {
		case KindPublish:
			checkPublishCase(t, c)
		case KindDeliver:
			checkDeliverCase(t, c)
		case KindExchange:
			checkExchangeCase(t, c)
		default:
			t.Errorf("%s: unknown kind %q", c.Name, c.Kind)
		}
	}
}

func checkPublishCase(t *testing.T, c LLPSCase) {
	t.Helper()
	require.NotNil(t, c.Frame, c.Name)
	checkOutcome(t, c.Name, c.Valid, c.Reason, "FRAME_INVALID", "TENANT_INVALID", "CHANNEL_INVALID", "PAYLOAD_TOO_LARGE")
	got, err := readPublish(c.Frame)
	if c.Reason == "FRAME_INVALID" {
		assert.Error(t, err, c.Name)
		assert.Nil(t, c.Publish, c.Name)
		return
	}
	require.NoError(t, err, c.Name)
	assert.Equal(t, c.Publish, got, c.Name)
}

func checkDeliverCase(t *testing.T, c LLPSCase) {
	t.Helper()
	require.NotNil(t, c.Frame, c.Name)
	checkOutcome(t, c.Name, c.Valid, c.Reason, "FRAME_INVALID")
	got, err := readDeliver(c.Frame)
	if !c.Valid {
		assert.Error(t, err, c.Name)
		assert.Nil(t, c.Deliver, c.Name)
		return
	}
	require.NoError(t, err, c.Name)
	assert.Equal(t, c.Deliver, got, c.Name)
}

func checkExchangeCase(t *testing.T, c LLPSCase) {
	t.Helper()
	assert.NotEmpty(t, c.Grants, c.Name)
	require.NotEmpty(t, c.Steps, c.Name)
	for i, step := range c.Steps {
		assert.NotEqual(t, step.Send == "", step.SendFrame == nil, "%s: step %d sends one message", c.Name, i)
		assert.True(t, step.Closes == 0 || i == len(c.Steps)-1, "%s: step %d closes before the last", c.Name, i)
		for _, answer := range step.Answers {
			checkAnswer(t, c.Name, answer)
		}
	}
}

func checkAnswer(t *testing.T, name string, answer Answer) {
	t.Helper()
	set := 0
	for _, is := range []bool{answer.Text != "", answer.ErrorCode != "", answer.JSON != nil, answer.Deliver != nil} {
		if is {
			set++
		}
	}
	assert.Equal(t, 1, set, "%s: an answer has one form", name)
	assert.True(t, answer.JSON == nil || json.Valid(answer.JSON), name)
}
