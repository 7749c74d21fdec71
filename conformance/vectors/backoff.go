package vectors

import "time"

// BackoffCase is a case of backoff.json.
type BackoffCase struct {
	Case
	Min Milliseconds `json:"min_ms"`
	Max Milliseconds `json:"max_ms"`
	// Failures is how many attempts have failed, 1 or more.
	Failures int `json:"failures"`
	// Fraction is what the source of random numbers gives, from 0 to below 1.
	Fraction float64 `json:"fraction"`
	// Ceiling is the longest wait there can be.
	Ceiling Milliseconds `json:"ceiling_ms"`
	// Wait is the wait: the fraction of the ceiling.
	Wait Milliseconds `json:"wait_ms"`
}

// Milliseconds is a time span as the files write it.
type Milliseconds float64

// Duration is the time span.
func (m Milliseconds) Duration() time.Duration {
	return time.Duration(float64(m) * float64(time.Millisecond))
}

// Backoffs loads backoff.json.
func Backoffs() ([]BackoffCase, error) { return load[BackoffCase](files, "backoff.json") }
