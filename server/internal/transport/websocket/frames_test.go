package websocket

import (
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/session"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/wsframe"
)

// Fragmented messages are put together, control frames between the fragments
// are answered.
func TestFragments(t *testing.T) {
	c := newServer(t).llps()
	c.send(clientFrame(false, wsframe.Text, []byte("SUB:t")))
	c.send(clientFrame(true, wsframe.Ping, []byte("between")))
	c.expect(wsframe.Pong, "between")
	c.send(clientFrame(false, wsframe.Continuation, nil))
	c.send(clientFrame(true, wsframe.Continuation, []byte("1:a")))
	c.expectText("OK:SUB:t1:a")
	publish := publishV1("t1", "a", strings.Repeat("xyz", 9000))
	for len(publish) > 1000 {
		opcode := wsframe.Continuation
		if publish[0] == 0 {
			opcode = wsframe.Binary
		}
		c.send(clientFrame(false, opcode, publish[:1000]))
		publish = publish[1000:]
	}
	c.send(clientFrame(true, wsframe.Continuation, publish))
	c.expect(wsframe.Binary, deliver("t1", "a", strings.Repeat("xyz", 9000), "a"))
}

// A message of which the client has sent a part only is none, wherever the part ends.
func TestPartOfAMessage(t *testing.T) {
	whole := publishV1("t1", "a", strings.Repeat("x", 70000-len(publishV1("t1", "a", ""))))
	for _, part := range []int{0, 1, firstBuffer, growth * firstBuffer, len(whole) - 1} {
		for name, frames := range map[string][]byte{
			"frame":     clientFrame(true, wsframe.Binary, whole)[:14+part],
			"fragments": clientFrame(false, wsframe.Binary, whole[:part]),
		} {
			t.Run(fmt.Sprintf("%s of %d bytes", name, part), func(t *testing.T) {
				s := newServer(t, func(so *session.Options, _ *Options) { so.Limits.PayloadBytes = 1 << 20 })
				subscriber, publisher := s.llps(), s.llps()
				subscriber.text("SUB:t1:a")
				subscriber.expectText("OK:SUB:t1:a")
				publisher.send(frames)
				require.NoError(t, publisher.Conn.(*net.TCPConn).CloseWrite())
				publisher.expectEnd()
				subscriber.expectSilence()
			})
		}
	}
}

// A frame may arrive one byte after the other.
func TestTrickle(t *testing.T) {
	c := newServer(t).llps()
	frames := append(clientFrame(true, wsframe.Text, []byte("SUB:t1:a")), clientFrame(true, wsframe.Ping, []byte("slow"))...)
	frames = append(frames, clientFrame(true, wsframe.Binary, publishV1("t1", "a", strings.Repeat("x", 300)))...)
	for i := range frames {
		c.send(frames[i : i+1])
	}
	c.expectText("OK:SUB:t1:a")
	c.expect(wsframe.Pong, "slow")
	c.expect(wsframe.Binary, deliver("t1", "a", strings.Repeat("x", 300), "a"))
}

// DL-7: every size of payload arrives, whatever the buffers.
func TestPayloadSizes(t *testing.T) {
	c := newServer(t).llps()
	c.text("SUB:t1:a")
	c.expectText("OK:SUB:t1:a")
	for _, size := range []int{0, 1, 110, 113, 114, 120, 500, 512, 1010, 4080, 4090, 16360, 16384, 32748, 32760, 65520, 65527, 65528, 65535} {
		payload := strings.Repeat("x", size)
		c.binary(publishV1("t1", "a", payload))
		c.expect(wsframe.Binary, deliver("t1", "a", payload, "a"))
	}
}

// LM-11: beyond the read limit the connection is closed with 1009, behind the
// answers to what came before; the limit itself is fine, and a payload that is
// too large leaves the connection open (LM-3).
func TestReadLimit(t *testing.T) {
	lower := func(so *session.Options, _ *Options) {
		so.Limits.PayloadBytes, so.Limits.FrameBytes = 100, 9000
	}
	const limit = 9000 // six times payload and names, and 4 KiB, are less
	for name, frames := range map[string][][]byte{
		"one frame":    {clientFrame(true, wsframe.Binary, make([]byte, limit+1))},
		"fragments":    {clientFrame(false, wsframe.Binary, make([]byte, limit-500)), clientFrame(true, wsframe.Continuation, make([]byte, 501))},
		"many of them": {clientFrame(true, wsframe.Binary, make([]byte, 2*limit)), clientFrame(true, wsframe.Text, []byte("PING"))},
	} {
		t.Run(name, func(t *testing.T) {
			c := newServer(t, lower).llps()
			c.binary(publishV1("t1", "a", strings.Repeat("x", limit-7)))
			c.text("PING")
			for _, frame := range frames {
				c.send(frame)
			}
			c.expectText("ERR:payload_too_large:PUB:t1:a")
			c.expectText("PONG")
			c.expectText("ERR:payload_too_large")
			c.expectClose(1009, "PAYLOAD_TOO_LARGE: ")
		})
	}
}

// DL-7, LM-11: every legal payload is delivered, in whatever way JSON writes it.
func TestLargestPublishInJSON(t *testing.T) {
	s := newServer(t)
	c := s.llps()
	c.text("SUB:t1:#")
	c.expectText("OK:SUB:t1:#")
	channel, payload := strings.Repeat("c", 256), strings.Repeat("\x01", 65535)
	escaped := func(text string) string {
		var b strings.Builder
		for i := range len(text) {
			fmt.Fprintf(&b, `\u%04x`, text[i])
		}
		return `"` + b.String() + `"`
	}
	c.text(`{"action":"publish","tenant":` + escaped("t1") + `,"channel":` + escaped(channel) + `,"payload":` + escaped(payload) + `}`)
	c.expectJSON(`{"type":"message","tenant":"t1","channel":"` + channel + `","payload":` + escaped(payload) + `,"patterns":["#"]}`)
	bytes := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\xff", 65535)))
	c.text(`{"action":"publish","tenant":"t1","channel":"` + channel + `","payload":"` + bytes + `","encoding":"base64"}`)
	c.expectJSON(`{"type":"message","tenant":"t1","channel":"` + channel + `","payload":"` + bytes + `","encoding":"base64","patterns":["#"]}`)
	c.text(`{"action":"publish","tenant":"t1","channel":"a","payload":` + escaped(payload+"x") + `,"id":1}`)
	opcode, answer, err := c.frame()
	require.NoError(t, err)
	require.Equal(t, wsframe.Text, opcode)
	requireSameJSON(t, []byte(`{"type":"error","reason":"PAYLOAD_TOO_LARGE","action":"publish","id":1}`), answer)
}

// What breaks RFC 6455 is closed with its code, and a text that says what it was.
func TestProtocolErrors(t *testing.T) {
	unmasked := wsframe.AppendHeader(nil, wsframe.Text, 4)
	reserved := clientFrame(true, wsframe.Text, []byte("PING"))
	reserved[0] |= 0x40
	tooLong := clientFrame(true, wsframe.Binary, make([]byte, 1<<16))
	tooLong[2] = 0x80 // its length is 2^63 and some
	for name, test := range map[string]struct {
		frame []byte
		says  string
	}{
		"unmasked":                {append(unmasked, "PING"...), "unmasked"},
		"unmasked control frame":  {wsframe.AppendHeader(nil, wsframe.Ping, 0), "unmasked"},
		"unmasked fragment":       {append(clientFrame(false, wsframe.Text, []byte("P")), unmasked...), "unmasked"},
		"length of 2^63":          {tooLong, "length"},
		"reserved bit":            {reserved, "rsv bits"},
		"unknown opcode":          {clientFrame(true, 3, nil), "unknown opcode"},
		"continuation of nothing": {clientFrame(true, wsframe.Continuation, nil), "continuation frame"},
		"message in a message":    {append(clientFrame(false, wsframe.Text, []byte("P")), clientFrame(true, wsframe.Text, []byte("ING"))...), "previous message"},
		"long control frame":      {clientFrame(true, wsframe.Ping, make([]byte, 126)), "control frame"},
		"fragmented control":      {clientFrame(false, wsframe.Ping, nil), "fragmented control frame"},
		"close of one byte":       {clientFrame(true, wsframe.Close, []byte{3}), "close payload"},
		"close with a bad code":   {clientFrame(true, wsframe.Close, []byte{0x03, 0xed}), "close payload"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			c := s.llps()
			c.send(test.frame)
			text := c.expectCloseByServer(1002)
			assert.Contains(t, text, test.says)
			assert.Equal(t, strings.Contains(name, "unmasked"), strings.Contains(text, "mask"), text)
			s.waitUntilEmpty()
		})
	}
}

// expectCloseByServer reads a Close frame, hangs up, and gives the frame's text.
func (c *client) expectCloseByServer(code uint16) string {
	c.t.Helper()
	opcode, payload, err := c.frame()
	require.NoError(c.t, err)
	require.Equal(c.t, wsframe.Close, opcode)
	require.Equal(c.t, []byte{byte(code >> 8), byte(code)}, payload[:2], "%q", payload)
	require.NoError(c.t, c.Conn.(*net.TCPConn).CloseWrite())
	c.expectEnd()
	return string(payload[2:])
}

// LP-9: text that is not UTF-8 is FRAME_INVALID.
func TestTextThatIsNotUTF8(t *testing.T) {
	c := newServer(t).llps()
	c.text("SUB:t1:\xff")
	c.expectText("ERR:frame_invalid")
	c.expectClose(1008, "FRAME_INVALID: the text message is not UTF-8")
}

func TestCloseText(t *testing.T) {
	assert.Empty(t, closeText(nil))
	long := closeText(frameInvalid(strings.Repeat("é", 200)))
	assert.Len(t, long, maxCloseText)
	assert.True(t, strings.HasSuffix(long, "é"))
	odd := closeText(frameInvalid("x" + strings.Repeat("é", 200)))
	assert.Len(t, odd, maxCloseText-1)
	assert.True(t, strings.HasSuffix(odd, "é"))
}

func frameInvalid(message string) *apierror.Error {
	return apierror.New(apierror.FrameInvalid, message)
}

// ER-2: the codes of the catalogue, and those for what closes nothing by it.
func TestCloseStatus(t *testing.T) {
	assert.EqualValues(t, 1000, closeStatus(nil))
	for reason, want := range map[apierror.Reason][2]int{
		apierror.FrameInvalid:         {1008, 1008},
		apierror.TokenExpired:         {1008, 1008},
		apierror.SlowConsumer:         {1008, 1008},
		apierror.Draining:             {1001, 1001},
		apierror.Overloaded:           {1013, 1013},
		apierror.Internal:             {1011, 1011},
		apierror.TooManyConnections:   {1013, 1013},
		apierror.StoreUnavailable:     {1013, 1013},
		apierror.BackplaneUnavailable: {1013, 1013},
		apierror.RateLimited:          {1013, 1013},
		apierror.PublishDenied:        {1008, 1008},
	} {
		err := apierror.New(reason, "")
		assert.EqualValues(t, want[0], closeStatus(err), apierror.Name(reason))
		assert.EqualValues(t, want[1], connectStatus(err), apierror.Name(reason))
	}
}
