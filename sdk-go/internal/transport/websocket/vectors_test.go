package websocket

import (
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// ER-2, ER-3, SF-18: the vectors that all SDKs share.
func TestErrorVectors(t *testing.T) {
	cases, err := vectors.Errors()
	require.NoError(t, err)
	run := map[string]int{}
	for _, c := range cases {
		var got *fault.Fault
		switch c.Arrival {
		case vectors.ArrivalClose:
			got = faultOf(websocket.CloseError{Code: websocket.StatusCode(c.Close.Code), Reason: c.Close.Text})
		case vectors.ArrivalHTTP:
			got = faultOfRefusal(response(c.HTTP.Status, c.HTTP.ContentType, c.HTTP.Body))
		default:
			continue
		}
		run[c.Arrival]++
		assert.Equal(t, fault.Reason(c.Reason), got.Reason, c.Name)
		assert.Equal(t, c.Retryable, got.Retryable(), c.Name)
		assert.NotEmpty(t, got.Text, c.Name)
		if c.Text != nil {
			assert.Equal(t, *c.Text, got.Text, c.Name)
		}
	}
	assert.Len(t, run, 2)
}
