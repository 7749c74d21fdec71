package grpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
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
	broken, dialed := status.Error(codes.Unavailable, "x"), status.Error(codes.Unavailable, "transport: Error while dialing: y")
	peer, seen := transport.Peer{Scheme: "grpc", Host: "h:1"}, errors.New("handshake")
	channel := NewCredentials(nil)
	assert.Equal(t, fault.Overloaded, faultOfDial(peer, refusal, channel).Reason)
	assert.Equal(t, fault.Unreachable, faultOfDial(peer, broken, channel).Reason)
	require.ErrorIs(t, faultOfDial(peer, broken, channel), broken)
	channel.note(seen)
	channel.note(net.ErrClosed)
	assert.Equal(t, fault.Overloaded, faultOfDial(peer, refusal, channel).Reason, "a server that answers has been reached")
	require.ErrorIs(t, faultOfDial(peer, broken, channel), seen)
	require.ErrorIs(t, faultOfDial(peer, dialed, channel), dialed, "the server has gone since")
	require.ErrorIs(t, faultOfDial(peer, context.DeadlineExceeded, channel), context.DeadlineExceeded)
	channel.note(nil)
	require.ErrorIs(t, faultOfDial(peer, broken, channel), broken)
}

// SDK-12: people read what is wrong, and not the layers that passed it on.
func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"x": "x",
		`connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused"`:    "dial tcp 127.0.0.1:1: connect: connection refused",
		`connection error: desc = "error reading server preface: read \"x\""`:                                             `read "x"`,
		`connection error: desc = "transport: authentication handshake failed: tls: first record does not look like TLS"`: "tls: first record does not look like TLS",
		"name resolver error: produced zero addresses":                                                                    "no such host",
	} {
		err := status.Error(codes.Unavailable, text)
		assert.EqualError(t, Plain(err), want)
		assert.ErrorIs(t, Plain(err), err)
	}
	assert.NoError(t, Plain(nil))
	assert.Equal(t, io.EOF, Plain(io.EOF), "no error of grpc-go")
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

// Errors that grpc-go has passed on as text, and errors around its own, lose what is
// for programs.
func TestPlainTextsAreForPeople(t *testing.T) {
	reset := status.Error(codes.Unavailable, "error reading from server: connection reset by peer")
	const want = "error reading from server: connection reset by peer"
	for _, err := range []error{reset, fmt.Errorf("receiving: %w", reset), status.Error(codes.Unavailable, reset.Error())} {
		assert.EqualError(t, Plain(err), want)
		assert.ErrorIs(t, Plain(err), err)
	}
	other := errors.New("other")
	assert.Same(t, other, Plain(other))
}
