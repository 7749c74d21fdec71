// Package backoff says how long to wait before the next attempt to connect:
// exponential with full jitter, so that the clients of a server that comes back
// do not come back all at once (SDK-7).
package backoff

import (
	"math/rand/v2"
	"time"
)

// Policy is the range of the waits.
type Policy struct {
	// Min is the longest wait after the first failure.
	Min time.Duration
	// Max is the longest wait ever.
	Max time.Duration
}

// Default is 100 ms to 30 s.
var Default = Policy{Min: 100 * time.Millisecond, Max: 30 * time.Second}

// Ceiling is the longest wait after the given number of failures, 1 or more:
// Min, doubled for each further one, at most Max.
func (p Policy) Ceiling(failures int) time.Duration {
	ceiling := p.Min
	for range failures - 1 {
		if ceiling >= p.Max/2 {
			return p.Max
		}
		ceiling *= 2
	}
	return min(ceiling, p.Max)
}

// Wait is the wait after the given number of failures: the fraction, from 0 to
// below 1, of the ceiling.
func (p Policy) Wait(failures int, fraction float64) time.Duration {
	return time.Duration(fraction * float64(p.Ceiling(failures)))
}

// Backoff counts failures. It is for one goroutine.
type Backoff struct {
	policy   Policy
	failures int
}

// New starts without a failure.
func New(policy Policy) *Backoff { return &Backoff{policy: policy} }

// Next counts a failure and gives a random wait from 0 to the ceiling.
func (b *Backoff) Next() time.Duration {
	b.failures++
	return b.policy.Wait(b.failures, rand.Float64())
}

// Failures is how many failures there have been since the last Reset.
func (b *Backoff) Failures() int { return b.failures }

// Reset forgets the failures.
func (b *Backoff) Reset() { b.failures = 0 }
