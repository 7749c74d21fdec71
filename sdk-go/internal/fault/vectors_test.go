package fault_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// ER-1, ER-2, SF-12: the vectors that all SDKs share.
func TestFailureVectors(t *testing.T) {
	cases, err := vectors.Errors()
	require.NoError(t, err)
	run := 0
	for _, c := range cases {
		if c.Arrival != vectors.ArrivalFailure {
			continue
		}
		run++
		t.Run(c.Name, func(t *testing.T) {
			got := fault.FromFailure(&fastpubsubv1.Failure{
				RequestId: c.Failure.RequestID, Reason: fastpubsubv1.ErrorReason(c.Failure.Reason),
				Message: c.Failure.Message, Retryable: c.Failure.Retryable, ClosesSession: c.Failure.ClosesSession,
			})
			assert.Equal(t, fault.Reason(c.Reason), got.Reason)
			assert.Equal(t, c.Retryable, got.Retryable())
			require.NotNil(t, c.Text)
			assert.Equal(t, *c.Text, got.Text)
		})
	}
	assert.Positive(t, run)
}
