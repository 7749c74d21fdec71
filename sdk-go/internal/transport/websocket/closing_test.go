package websocket

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// SF-18, ER-2: the text of a close names the reason; without one the code does.
func TestFaultOfClose(t *testing.T) {
	for _, c := range []struct {
		code  websocket.StatusCode
		text  string
		want  fault.Reason
		words string
	}{
		{1008, "TOKEN_EXPIRED: the token ran out", fault.TokenExpired, "the token ran out"},
		{1008, "SLOW_CONSUMER: 8 MiB: too much", "SLOW_CONSUMER", "8 MiB: too much"},
		{1001, "", fault.Draining, "the server closed the connection"},
		{1001, "going away", fault.Draining, "the server closed the connection"},
		{1008, "policy: violated", fault.ConnectionLost, "the server closed the connection"},
		{1009, "", fault.PayloadTooLarge, "the server closed the connection"},
		{1011, "", fault.Internal, "the server closed the connection"},
		{1013, "", fault.Overloaded, "the server closed the connection"},
		{1000, "", fault.ConnectionLost, "the server closed the connection"},
		{1005, "", fault.ConnectionLost, "the server closed the connection"},
	} {
		got := faultOf(fmt.Errorf("read: %w", websocket.CloseError{Code: c.code, Reason: c.text}))
		assert.Equal(t, c.want, got.Reason, c)
		assert.Equal(t, c.words, got.Text, c)
	}
	assert.Equal(t, fault.ConnectionLost, faultOf(net.ErrClosed).Reason)
	assert.Equal(t, fault.ConnectionLost, faultOf(io.ErrUnexpectedEOF).Reason)
}

func response(status int, contentType, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status),
		Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(strings.NewReader(body)),
	}
}

// ER-3: a refusal before the upgrade has its reason in the problem document.
func TestFaultOfRefusal(t *testing.T) {
	got := faultOfRefusal(response(401, "application/problem+json; charset=utf-8", `{"title":"Unauthorized","detail":"not from there","reason":"IP_NOT_ALLOWED"}`))
	assert.Equal(t, fault.Reason("IP_NOT_ALLOWED"), got.Reason)
	assert.Equal(t, "not from there", got.Text)
	assert.False(t, got.Retryable())

	got = faultOfRefusal(response(503, "application/problem+json", `{"reason":"SOMETHING_NEW","retryable":true}`))
	assert.True(t, got.Retryable(), "a reason that only a newer server knows keeps the server's word")
}

// A proxy, or no server of ours: the status has to do.
func TestFaultOfStatus(t *testing.T) {
	for _, c := range []struct {
		status int
		want   fault.Reason
		retry  bool
	}{
		{401, fault.TokenInvalid, false},
		{429, fault.RateLimited, true},
		{408, fault.Unreachable, true},
		{502, fault.Unreachable, true},
		{503, fault.Unreachable, true},
		{200, fault.Unreachable, false},
		{301, fault.Unreachable, false},
		{403, fault.Unreachable, false},
		{404, fault.Unreachable, false},
	} {
		for _, body := range []*http.Response{response(c.status, "text/html", "<html>"), response(c.status, "application/problem+json", "{")} {
			got := faultOfRefusal(body)
			assert.Equal(t, c.want, got.Reason, c)
			assert.Equal(t, c.retry, got.Retryable(), c)
		}
	}
}

// countingConn counts writes.
type countingConn struct {
	net.Conn
	writes [][]byte
	err    error
}

func (c *countingConn) Write(b []byte) (int, error) {
	c.writes = append(c.writes, append([]byte(nil), b...))
	return len(b), c.err
}

// SDK-6: the pieces of a message leave in one write; other writes are not held up.
func TestBufferedConn(t *testing.T) {
	under := &countingConn{}
	conn := &bufferedConn{Conn: under}
	write := func(text string) {
		n, err := conn.Write([]byte(text))
		require.NoError(t, err)
		assert.Equal(t, len(text), n)
	}
	write("pong")
	conn.hold()
	write("he")
	write("llo")
	require.NoError(t, conn.release())
	require.NoError(t, conn.release())
	assert.Equal(t, [][]byte{[]byte("pong"), []byte("hello")}, under.writes)

	under.err = errors.New("broken")
	conn.hold()
	write(strings.Repeat("x", 2*pendingKept))
	require.ErrorIs(t, conn.release(), under.err)
	assert.Nil(t, conn.pending, "a very long message's buffer is let go")
}
