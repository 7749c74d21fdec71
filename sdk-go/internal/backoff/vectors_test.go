package backoff_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/backoff"
)

// SDK-7: the vectors that all SDKs share.
func TestBackoffVectors(t *testing.T) {
	cases, err := vectors.Backoffs()
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			policy := backoff.Policy{Min: c.Min.Duration(), Max: c.Max.Duration()}
			assert.Equal(t, c.Ceiling.Duration(), policy.Ceiling(c.Failures))
			wait := c.Wait.Duration()
			assert.InDelta(t, wait, policy.Wait(c.Failures, c.Fraction), float64(time.Millisecond+wait/1_000_000))
		})
	}
}
