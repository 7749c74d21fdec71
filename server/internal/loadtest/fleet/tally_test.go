package fleet

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Loss, repetition and disorder are told apart (DL-1, DL-2, DL-4).
func TestTally(t *testing.T) {
	tests := map[string]struct {
		numbers []uint64
		want    Tally
	}{
		"in order":         {[]uint64{0, 1, 2}, Tally{Received: 3}},
		"lost":             {[]uint64{0, 3}, Tally{Received: 2, Lost: 2}},
		"lost at first":    {[]uint64{1}, Tally{Received: 1, Lost: 1}},
		"twice":            {[]uint64{0, 1, 1, 0}, Tally{Received: 4, Duplicates: 2}},
		"out of order":     {[]uint64{0, 2, 1, 3}, Tally{Received: 4, Disordered: 1}},
		"late, then twice": {[]uint64{1, 0, 0}, Tally{Received: 3, Disordered: 1, Duplicates: 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tally := NewTally(StampBytes, 1)
			l := newListener(tally, 1)
			for _, n := range test.numbers {
				l.take(stamped(stamp{number: n}), 0)
			}
			got := Tally{Received: tally.Received, Lost: tally.Lost, Duplicates: tally.Duplicates, Disordered: tally.Disordered, Damaged: tally.Damaged}
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.want.Lost+test.want.Duplicates+test.want.Disordered == 0, tally.Check() == nil)
		})
	}
}

func stamped(s stamp) []byte {
	payload := make([]byte, StampBytes)
	s.put(payload)
	return payload
}

func TestDamagedPayloads(t *testing.T) {
	tally := NewTally(StampBytes, 1)
	l := newListener(tally, 2)
	l.take(nil, 0)
	l.take(make([]byte, StampBytes+1), 0)
	l.take(stamped(stamp{slot: 2}), 0)
	l.take(stamped(stamp{slot: 1}), 0)
	assert.Equal(t, uint64(3), tally.Damaged)
	assert.ErrorContains(t, tally.Check(), "3 damaged")
}

// Latencies run from the time when a message was due.
func TestLatencies(t *testing.T) {
	tally := NewTally(StampBytes, 2)
	l := newListener(tally, 1)
	for n := range uint64(4) {
		l.take(stamped(stamp{number: n, due: time.Duration(n) * time.Millisecond}), 7*time.Millisecond)
	}
	assert.InDelta(t, 7, tally.Quantile(100), 0.01, "message 0")
	assert.InDelta(t, 5, tally.Quantile(50), 0.01, "message 2; 1 and 3 are not timed")
}

// Each turn has a percentile of its own; quantiles are of all.
func TestTurns(t *testing.T) {
	tally := NewTally(StampBytes, 1)
	l := newListener(tally, 1)
	for n := range uint64(3) {
		l.take(stamped(stamp{number: n}), time.Duration(n+1)*time.Millisecond)
		if n < 2 {
			tally.EndTurn()
		}
	}
	assert.InDeltaSlice(t, []float64{1, 2}, tally.Turns(), 0.01, "the third has not ended")
	assert.InDelta(t, 3, tally.Quantile(100), 0.01)
	assert.InDelta(t, 2, tally.Quantile(50), 0.01)
	tally.ForgetLatencies()
	assert.Empty(t, tally.Turns())
	assert.Zero(t, tally.Quantile(100))
	assert.Equal(t, uint64(3), tally.Received, "what has been checked stays")
}
