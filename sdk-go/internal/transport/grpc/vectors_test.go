package grpc

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/conformance/vectors"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// ER-2, ER-4, SF-18: the vectors that all SDKs share.
func TestErrorVectors(t *testing.T) {
	cases, err := vectors.Errors()
	require.NoError(t, err)
	run := 0
	for _, c := range cases {
		if c.Arrival != vectors.ArrivalGRPC {
			continue
		}
		run++
		got := faultOf(endWith(c.GRPC))
		assert.Equal(t, fault.Reason(c.Reason), got.Reason, c.Name)
		assert.Equal(t, c.Retryable, got.Retryable(), c.Name)
		assert.NotEmpty(t, got.Text, c.Name)
		if c.Text != nil {
			assert.Equal(t, *c.Text, got.Text, c.Name)
		}
	}
	assert.Positive(t, run)
}

// endWith is the error with which grpc-go ends a stream that has this status.
// Details that it cannot read it leaves out.
func endWith(s *vectors.GRPCStatus) error {
	if s.Code == int(codes.OK) {
		return io.EOF
	}
	var detailed spb.Status
	if s.Details != nil && proto.Unmarshal(s.Details, &detailed) == nil {
		return status.FromProto(&detailed).Err()
	}
	return status.Error(codes.Code(s.Code), s.Message) //nolint:gosec // 0..16
}
