package websocket

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// testTimeout is for what would otherwise never end.
const testTimeout = 2 * time.Minute

// client is a WebSocket client that is written by hand, byte by byte.
type client struct {
	net.Conn
	t  testing.TB
	br *bufio.Reader
}

func (s *server) dial() *client {
	s.t.Helper()
	raw, err := net.Dial("tcp", s.addr)
	require.NoError(s.t, err)
	return s.client(raw)
}

func (s *server) client(raw net.Conn) *client {
	s.t.Cleanup(func() { _ = raw.Close() })
	require.NoError(s.t, raw.SetDeadline(time.Now().Add(testTimeout)))
	return &client{Conn: raw, t: s.t, br: bufio.NewReader(raw)}
}

// The lines that a proper upgrade needs.
const upgradeLines = "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

// request sends a request head and reads the head of the answer. Lines end with
// CR LF.
func (c *client) request(start, lines string) *http.Response {
	c.t.Helper()
	c.send([]byte(start + "\r\n" + lines + "\r\n"))
	response, err := http.ReadResponse(c.br, &http.Request{Method: http.MethodGet})
	require.NoError(c.t, err)
	return response
}

// connect opens a WebSocket with a protocol, which may be none.
func (s *server) connect(protocol, token string) *client {
	s.t.Helper()
	return s.dial().upgrade(protocol, token)
}

func (c *client) upgrade(protocol, token string) *client {
	c.t.Helper()
	lines := upgradeLines + "Authorization: Bearer " + token + "\r\n"
	if protocol != "" {
		lines += "Sec-WebSocket-Protocol: " + protocol + "\r\n"
	}
	response := c.request("GET / HTTP/1.1", lines)
	require.Equal(c.t, http.StatusSwitchingProtocols, response.StatusCode)
	return c
}

func (s *server) llps() *client { return s.connect("llps.v1", goodToken) }

func (c *client) send(data []byte) {
	c.t.Helper()
	_, err := c.Write(data)
	require.NoError(c.t, err)
}

// clientFrame is a frame as a client sends it.
func clientFrame(fin bool, o wsframe.Opcode, payload []byte) []byte {
	frame := wsframe.AppendHeader(nil, o, len(payload))
	if !fin {
		frame[0] &^= 0x80
	}
	frame[1] |= 0x80
	mask := [4]byte{0x1f, 0xa2, 0x53, 0x04}
	frame = append(frame, mask[:]...)
	for i, b := range payload {
		frame = append(frame, b^mask[i%4])
	}
	return frame
}

func (c *client) text(message string) {
	c.t.Helper()
	c.send(clientFrame(true, wsframe.Text, []byte(message)))
}

func (c *client) binary(message []byte) {
	c.t.Helper()
	c.send(clientFrame(true, wsframe.Binary, message))
}

// frame reads one frame of the server's.
func (c *client) frame() (wsframe.Opcode, []byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(c.br, head[:]); err != nil {
		return 0, nil, err
	}
	if head[0]&0xf0 != 0x80 || head[1]&0x80 != 0 {
		return 0, nil, fmt.Errorf("a server's frame starts with % x", head)
	}
	size := uint64(head[1])
	var more [8]byte
	switch size {
	case 126:
		_, _ = io.ReadFull(c.br, more[6:])
		size = binary.BigEndian.Uint64(more[:])
	case 127:
		_, _ = io.ReadFull(c.br, more[:])
		size = binary.BigEndian.Uint64(more[:])
	}
	payload := make([]byte, size)
	_, err := io.ReadFull(c.br, payload)
	return wsframe.Opcode(head[0] & 0xf), payload, err
}

func (c *client) expect(o wsframe.Opcode, want string) {
	c.t.Helper()
	opcode, payload, err := c.frame()
	require.NoError(c.t, err)
	require.Equal(c.t, o, opcode, "%q", payload)
	require.Equal(c.t, want, string(payload))
}

func (c *client) expectText(want string) {
	c.t.Helper()
	c.expect(wsframe.Text, want)
}

func (c *client) expectJSON(want string) {
	c.t.Helper()
	opcode, payload, err := c.frame()
	require.NoError(c.t, err)
	require.Equal(c.t, wsframe.Text, opcode, "%q", payload)
	require.JSONEq(c.t, want, string(payload))
}

// expectClose reads the Close frame, answers it, and waits for the end of the
// connection.
func (c *client) expectClose(code uint16, text string) {
	c.t.Helper()
	opcode, payload, err := c.frame()
	require.NoError(c.t, err)
	require.Equal(c.t, wsframe.Close, opcode, "%q", payload)
	require.Equal(c.t, code, binary.BigEndian.Uint16(payload))
	require.True(c.t, strings.HasPrefix(string(payload[2:]), text), "%q", payload[2:])
	require.LessOrEqual(c.t, len(payload), 125)
	_, _ = c.Write(clientFrame(true, wsframe.Close, payload[:2])) // the server may have gone
	c.expectEnd()
}

// expectEnd waits for the end of the connection.
func (c *client) expectEnd() {
	c.t.Helper()
	rest, err := io.ReadAll(c.br)
	if err != nil {
		require.ErrorContains(c.t, err, "reset")
	}
	require.Empty(c.t, rest)
}

// expectSilence proves that nothing has been sent: an answer comes first.
func (c *client) expectSilence() {
	c.t.Helper()
	c.send(clientFrame(true, wsframe.Ping, []byte("anything before me?")))
	c.expect(wsframe.Pong, "anything before me?")
}

// A publish of version 1.
func publishV1(tenant, channel, payload string) []byte {
	frame := binary.BigEndian.AppendUint16(nil, uint16(len(tenant))) //nolint:gosec // short
	frame = binary.BigEndian.AppendUint16(append(frame, tenant...), uint16(len(channel)))
	return append(append(frame, channel...), payload...)
}

// A deliver frame.
func deliver(tenant, channel, payload string, patterns ...string) string {
	frame := append([]byte{1}, publishV1(tenant, channel, "")...)
	frame = binary.BigEndian.AppendUint32(frame, uint32(len(payload))) //nolint:gosec // short
	frame = binary.BigEndian.AppendUint16(append(frame, payload...), uint16(len(patterns)))
	for _, p := range patterns {
		frame = binary.BigEndian.AppendUint16(frame, uint16(len(p))) //nolint:gosec // short
		frame = append(frame, p...)
	}
	return string(frame)
}

// sessionClient speaks fastpubsub.v1.
type sessionClient struct{ *client }

// session opens a session and takes its welcome.
func (s *server) session() *sessionClient {
	s.t.Helper()
	c := &sessionClient{client: s.connect("fastpubsub.v1", goodToken)}
	require.NotNil(s.t, c.response().GetWelcome())
	return c
}

func (c *sessionClient) ask(request *fastpubsubv1.SessionRequest) {
	c.t.Helper()
	data, err := proto.Marshal(request)
	require.NoError(c.t, err)
	c.binary(data)
}

func (c *sessionClient) response() *fastpubsubv1.SessionResponse {
	c.t.Helper()
	opcode, payload, err := c.frame()
	require.NoError(c.t, err)
	require.Equal(c.t, wsframe.Binary, opcode, "%q", payload)
	var response fastpubsubv1.SessionResponse
	require.NoError(c.t, proto.Unmarshal(payload, &response))
	return &response
}

func (c *sessionClient) subscribe(id uint64, tenant, pattern string) (handle uint64) {
	c.t.Helper()
	c.ask(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
		Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: id, Tenant: tenant, Pattern: pattern},
	}})
	success := c.response().GetSuccess()
	require.Equal(c.t, []uint64{id}, success.GetRequestIds())
	return success.GetPatternHandle()
}

func publishRequest(messages ...*fastpubsubv1.OutgoingMessage) *fastpubsubv1.SessionRequest {
	return &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Publish{
		Publish: &fastpubsubv1.PublishCommand{Messages: messages},
	}}
}
