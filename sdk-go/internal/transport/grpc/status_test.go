package grpc

import (
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

func withInfo(t *testing.T, code codes.Code, info *errdetails.ErrorInfo) error {
	t.Helper()
	made, err := status.New(code, "because").WithDetails(info)
	require.NoError(t, err)
	return made.Err()
}

// ER-4, SF-18: the reason comes from the ErrorInfo of our domain; without one the
// code has to do.
func TestFaultOf(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		want  fault.Reason
		retry bool
	}{
		"reason":             {withInfo(t, codes.Unauthenticated, &errdetails.ErrorInfo{Reason: "TOKEN_EXPIRED", Domain: domain}), fault.TokenExpired, true},
		"another's reason":   {withInfo(t, codes.Unavailable, &errdetails.ErrorInfo{Reason: "TOKEN_EXPIRED", Domain: "example.org"}), fault.ConnectionLost, true},
		"newer, retryable":   {withInfo(t, codes.Unknown, &errdetails.ErrorInfo{Reason: "NEW", Domain: domain, Metadata: map[string]string{"retryable": "true"}}), "NEW", true},
		"newer, final":       {withInfo(t, codes.Unknown, &errdetails.ErrorInfo{Reason: "NEW", Domain: domain}), "NEW", false},
		"end of the stream":  {io.EOF, fault.ConnectionLost, true},
		"unauthenticated":    {status.Error(codes.Unauthenticated, "x"), fault.TokenInvalid, false},
		"exhausted":          {status.Error(codes.ResourceExhausted, "x"), fault.RateLimited, true},
		"internal":           {status.Error(codes.Internal, "x"), fault.Internal, true},
		"unimplemented":      {status.Error(codes.Unimplemented, "x"), fault.Unreachable, false},
		"unavailable":        {status.Error(codes.Unavailable, "x"), fault.ConnectionLost, true},
		"not even a status":  {errors.New("x"), fault.ConnectionLost, true},
		"canceled by itself": {status.Error(codes.Canceled, "x"), fault.ConnectionLost, true},
	} {
		got := faultOf(c.err)
		assert.Equal(t, c.want, got.Reason, name)
		assert.Equal(t, c.retry, got.Retryable(), name)
	}
}

func TestFaultOfDial(t *testing.T) {
	refusal := withInfo(t, codes.Unavailable, &errdetails.ErrorInfo{Reason: "OVERLOADED", Domain: domain})
	assert.Equal(t, fault.Overloaded, faultOfDial("h", refusal, nil).Reason)
	handshake := errors.New("handshake")
	require.ErrorIs(t, faultOfDial("h", refusal, handshake), handshake)
	assert.Equal(t, fault.Unreachable, faultOfDial("h", status.Error(codes.Unavailable, "x"), nil).Reason)
}

// SDK-6: frames pass through the codec unchanged; each side owns its memory.
func TestFrameCodec(t *testing.T) {
	codec := frameCodec{}
	assert.Equal(t, "proto", codec.Name())
	frame := []byte("frame")
	encoded, err := codec.Marshal(outFrame(frame))
	require.NoError(t, err)
	clear(frame)
	var in inFrame
	require.NoError(t, codec.Unmarshal(encoded, &in))
	assert.Equal(t, "frame", string(in.bytes))
	require.NoError(t, codec.Unmarshal(mem.BufferSlice{mem.SliceBuffer("a"), mem.SliceBuffer("b")}, &in))
	assert.Equal(t, "ab", string(in.bytes))

	_, err = codec.Marshal("not a frame")
	require.Error(t, err)
	require.Error(t, codec.Unmarshal(nil, "not a frame"))
}
