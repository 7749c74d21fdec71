package backoff_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/backoff"
)

// SDK-7: 100 ms, doubled, at most 30 s.
func TestCeiling(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 3: 400 * time.Millisecond, 8: 12800 * time.Millisecond,
		9: 25600 * time.Millisecond, 10: 30 * time.Second, 11: 30 * time.Second, 1000: 30 * time.Second,
	} {
		assert.Equal(t, want, backoff.Default.Ceiling(failures), failures)
	}
	odd := backoff.Policy{Min: 3 * time.Second, Max: 2 * time.Second}
	assert.Equal(t, 2*time.Second, odd.Ceiling(1))
}

// SDK-7: full jitter: anything from 0 to the ceiling.
func TestNextHasFullJitter(t *testing.T) {
	low, high := false, false
	for range 1000 {
		b := backoff.New(backoff.Default)
		first, second := b.Next(), b.Next()
		assert.LessOrEqual(t, first, 100*time.Millisecond)
		assert.LessOrEqual(t, second, 200*time.Millisecond)
		low = low || second < 20*time.Millisecond
		high = high || second > 180*time.Millisecond
	}
	assert.True(t, low, "short waits happen")
	assert.True(t, high, "long waits happen")
}

func TestReset(t *testing.T) {
	b := backoff.New(backoff.Default)
	for range 20 {
		b.Next()
	}
	assert.Equal(t, 20, b.Failures())
	b.Reset()
	assert.LessOrEqual(t, b.Next(), 100*time.Millisecond)
}
