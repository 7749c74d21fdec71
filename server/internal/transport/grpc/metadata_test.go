package grpc

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
)

func TestTimeouts(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "1n": 1, "1u": time.Microsecond, "20m": 20 * time.Millisecond, "3S": 3 * time.Second, "2M": 2 * time.Minute,
		"5H": 5 * time.Hour, "99999999H": 0, "0S": 1, "99999999S": 99999999 * time.Second,
	} {
		got, ok := parseTimeout(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"S", "1", "1s", "-1S", "+1S", "1.5S", "123456789S", " 1S", "1SS"} {
		_, ok := parseTimeout(text)
		assert.False(t, ok, text)
	}
}

func TestContentTypes(t *testing.T) {
	for _, text := range []string{"application/grpc", "application/grpc+proto", "APPLICATION/grpc", "application/grpc; charset=utf-8", "application/grpc+proto;a=b"} {
		assert.True(t, isGRPC(text), text)
	}
	for _, text := range []string{"", "application/json", "application/grpc-web", "application/grpc+json", "application/grpcx"} {
		assert.False(t, isGRPC(text), text)
	}
}

func request(more ...string) *h2.Request {
	fields := []hpack.HeaderField{{Name: ":method", Value: "POST"}, {Name: "content-type", Value: "application/grpc"}}
	for i := 0; i < len(more); i += 2 {
		fields = append(fields, hpack.HeaderField{Name: more[i], Value: more[i+1]})
	}
	return &h2.Request{Fields: fields}
}

func decoded(t *testing.T, block []byte) map[string]string {
	t.Helper()
	fields, err := hpack.NewDecoder(0, nil).DecodeFull(block)
	require.NoError(t, err)
	got := map[string]string{}
	for _, f := range fields {
		got[f.Name] = f.Value
	}
	return got
}

func TestWhatIsNoCallOfGRPC(t *testing.T) {
	get := &h2.Request{Fields: []hpack.HeaderField{{Name: ":method", Value: "GET"}, {Name: "content-type", Value: "application/grpc"}}}
	_, refusal, err := accept(get)
	require.NoError(t, err)
	assert.Equal(t, "405", decoded(t, refusal)[":status"])
	other := &h2.Request{Fields: []hpack.HeaderField{{Name: ":method", Value: "POST"}, {Name: "content-type", Value: "text/html"}}}
	_, refusal, err = accept(other)
	require.NoError(t, err)
	assert.Equal(t, "415", decoded(t, refusal)[":status"])
	assert.Contains(t, decoded(t, refusal)["grpc-message"], "content-type")
}

func TestCallsThatCannotBeServed(t *testing.T) { // ER-4
	truncated := request()
	truncated.Truncated = true
	_, _, err := accept(truncated)
	assert.Equal(t, codes.ResourceExhausted, status.Code(err))
	_, _, err = accept(request("grpc-encoding", "gzip"))
	assert.Equal(t, codes.Unimplemented, status.Code(err))
	_, _, err = accept(request("grpc-timeout", "soon"))
	assert.Equal(t, apierror.RequestInvalid, apierror.ReasonOf(err))
	timeout, refusal, err := accept(request("grpc-timeout", "3S", "grpc-encoding", "identity"))
	require.NoError(t, err)
	assert.Nil(t, refusal)
	assert.Equal(t, 3*time.Second, timeout)
}

func TestStatusAsTrailers(t *testing.T) {
	assert.Equal(t, map[string]string{"grpc-status": "0"}, decoded(t, appendStatus(nil, status.New(codes.OK, ""))))
	plain := decoded(t, appendStatus(nil, status.New(codes.NotFound, "100% für\n~")))
	assert.Equal(t, map[string]string{"grpc-status": "5", "grpc-message": "100%25 f%C3%BCr%0A~"}, plain)
	detailed := decoded(t, appendStatus(nil, apierror.New(apierror.TokenRevoked, strings.Repeat("x", 200)).GRPCStatus()))
	assert.NotEmpty(t, detailed["grpc-status-details-bin"])
	assert.NotContains(t, detailed["grpc-status-details-bin"], "=")
}
