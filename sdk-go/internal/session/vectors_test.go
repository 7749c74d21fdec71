package session_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// SDK-12, SDK-7: a frame that cannot be read ends the connection, with the reason
// that the vectors say, which has the client make a new one.
func TestFramesThatCannotBeReadEndTheSession(t *testing.T) {
	cases, err := vectors.Transcripts()
	require.NoError(t, err)
	run := 0
	for _, c := range cases {
		if c.Kind != vectors.KindResponse || c.Valid {
			continue
		}
		run++
		synctest.Test(t, func(t *testing.T) {
			b := open(t)
			b.peer.SendRaw(c.Frame)
			<-b.session.Done()
			assert.Equal(t, fault.Reason(c.Reason), b.session.Cause().Reason, c.Name)
			assert.True(t, b.session.Cause().Retryable(), c.Name)
		})
	}
	assert.Positive(t, run)
}
