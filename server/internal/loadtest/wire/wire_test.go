package wire

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// account writes down what a connection is told.
type account struct {
	events  []string
	replies []byte
}

func (a *account) Opened()            { a.events = append(a.events, "opened") }
func (a *account) Acknowledged(n int) { a.events = append(a.events, fmt.Sprint("acknowledged ", n)) }
func (a *account) Message(p []byte)   { a.events = append(a.events, fmt.Sprintf("message %q", p)) }
func (a *account) Reply(data []byte)  { a.replies = append(a.replies, data...) }

// stream is what a server of each protocol sends: a handshake, an acknowledgement
// and two messages, "hi" and "".
type stream struct {
	wire Wire
	data []byte
}

const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

// served is a server's WebSocket frame, which has no mask.
func served(opcode byte, data string) string {
	return string([]byte{finalBit | opcode, byte(len(data))}) + data
}

func response(r *fastpubsubv1.SessionResponse) string {
	data, err := proto.Marshal(r)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func sessionResponses() []string {
	return []string{
		response(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Welcome{Welcome: &fastpubsubv1.Welcome{Node: "n"}}}),
		response(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Success{Success: &fastpubsubv1.Success{RequestIds: []uint64{1}}}}),
		response(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Lost{Lost: &fastpubsubv1.Lost{Messages: 3}}}),
		response(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Deliveries{Deliveries: &fastpubsubv1.Deliveries{
			Messages: []*fastpubsubv1.Delivery{{Channel: "c", Payload: []byte("hi")}, {Channel: "c", Payload: []byte("ho")}},
		}}}),
	}
}

func grpcStream() []byte {
	data := appendHTTP2Header(nil, 6, http2.FrameSettings, 0, 0)
	data = append(data, 0, byte(http2.SettingInitialWindowSize), 0, 2, 0, 0)
	data = append(appendHTTP2Header(data, 8, http2.FramePing, 0, 0), "12345678"...)
	data = appendWindowUpdate(data, 0, 1000)
	var messages []byte
	for _, r := range sessionResponses() {
		messages = append(append(messages, 0, 0, 0, 0, byte(len(r))), r...)
	}
	for len(messages) > 0 { // frames that end anywhere
		n := min(7, len(messages))
		data = append(appendHTTP2Header(data, n, http2.FrameData, 0, streamID), messages[:n]...)
		messages = messages[n:]
	}
	return data
}

func streams() map[string]stream {
	const deliver = "\x01\x00\x01~\x00\x01c\x00\x00\x00\x02%s\x00\x01\x00\x01c"
	sessions := sessionResponses()
	natsStream := "INFO {\"a\":1}\r\nPONG\r\nPING\r\nPONG\r\nMSG c 1 2\r\nhi\r\nMSG c 1 2\r\nho\r\n"
	return map[string]stream{
		"llps": {LLPS("h", "AT_x"), []byte(switching + served(opText, "OK:SUB:~:c") + served(opPing, "x") +
			served(opBinary, fmt.Sprintf(deliver, "hi")) + served(opText, "ERR:slow_consumer:3") + served(opBinary, fmt.Sprintf(deliver, "ho")))},
		"session WebSocket": {SessionWebSocket("h", "AT_x"), []byte(switching + served(opBinary, sessions[0]) + served(opPing, "x") +
			served(opBinary, sessions[1]) + served(opBinary, sessions[2]) + served(opBinary, sessions[3]))},
		"session gRPC": {SessionGRPC("h", "AT_x"), grpcStream()},
		"nats":         {NATS(), []byte(natsStream)},
		"nats WebSocket": {NATSWebSocket("h"), []byte(switching + served(opBinary, natsStream[:5]) + served(opPing, "x") +
			served(opBinary, natsStream[5:60]) + served(opBinary, natsStream[60:]))},
		"redis": {Redis(), []byte("+PONG\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n:7\r\n" +
			"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nho\r\n")},
		"echo": {Echo("h"), []byte(switching + served(opText, "c") + served(opBinary, "hi") + served(opBinary, "ho"))},
	}
}

// feed gives a connection data in pieces of a size, as a socket would.
func feed(c Conn, data []byte, size int, to Receiver) error {
	var rest []byte
	for len(data) > 0 {
		n := min(size, len(data))
		rest = append(rest, data[:n]...)
		data = data[n:]
		used, err := c.Receive(rest, to)
		if err != nil {
			return err
		}
		rest = append([]byte(nil), rest[used:]...)
	}
	if len(rest) > 0 {
		return fmt.Errorf("%d bytes are left over", len(rest))
	}
	return nil
}

func TestReceive(t *testing.T) {
	want := []string{"opened", "acknowledged 1", `message "hi"`, `message "ho"`}
	for name, s := range streams() {
		for _, size := range []int{1, 2, 3, 7, 64, 1 << 20} {
			t.Run(fmt.Sprintf("%s, %d bytes at once", name, size), func(t *testing.T) {
				var a account
				require.NoError(t, feed(s.wire(), s.data, size, &a))
				assert.Equal(t, want, a.events)
			})
		}
	}
}

// Pings and settings are answered.
func TestReplies(t *testing.T) {
	pong := string(appendFrame(nil, opPong, []byte("x")))
	tests := map[string]string{
		"llps": pong, "session WebSocket": pong,
		"session gRPC": string(appendHTTP2Header(nil, 0, http2.FrameSettings, http2.FlagSettingsAck, 0)) +
			string(appendHTTP2Header(nil, 8, http2.FramePing, http2.FlagPingAck, 0)) + "12345678",
		"nats":           natsConnect + "PONG\r\n",
		"nats WebSocket": pong + string(appendFrame(nil, opBinary, []byte(natsConnect))) + string(appendFrame(nil, opBinary, []byte("PONG\r\n"))),
	}
	all := streams()
	for name, want := range tests {
		var a account
		require.NoError(t, feed(all[name].wire(), all[name].data, 1<<20, &a), name)
		assert.Equal(t, want, string(a.replies), name)
	}
}

// The room to publish is what the peer's windows leave.
func TestRoom(t *testing.T) {
	c := streams()["session gRPC"].wire()
	assert.Equal(t, http2DefaultWindow, c.Room())
	before := c.Room()
	sent := c.Publish(nil, "c", make([]byte, 100))
	assert.Equal(t, before-(len(sent)-http2HeaderBytes), c.Room())
	require.NoError(t, feed(c, grpcStream(), 1<<20, new(account)))
	assert.Equal(t, before-(len(sent)-http2HeaderBytes)+1000, c.Room(), "the connection's window is the narrower one now")
}

func TestFaults(t *testing.T) {
	open := switching
	tests := map[string]struct {
		wire Wire
		data string
		want string
	}{
		"refused upgrade":  {LLPS("h", ""), "HTTP/1.1 401 Unauthorized\r\n\r\n", "401"},
		"error":            {LLPS("h", ""), open + served(opText, "ERR:permission_denied:SUB:~:c"), "permission_denied"},
		"close":            {LLPS("h", ""), open + served(opClose, "\x03\xf0bye"), "1008"},
		"short deliver":    {LLPS("h", ""), open + served(opBinary, "\x01\x00\x01~\x00\x01c\x00\x00\x00\x09hi"), "deliver"},
		"masked":           {LLPS("h", ""), open + "\x82\x82", "masked"},
		"fragment":         {LLPS("h", ""), open + "\x02\x01a", "fragment"},
		"huge frame":       {LLPS("h", ""), open + "\x82\x7f\x00\x00\x00\x00\x01\x00\x00\x00", "larger"},
		"failure":          {SessionWebSocket("h", ""), open + served(opBinary, response(&fastpubsubv1.SessionResponse{Event: &fastpubsubv1.SessionResponse_Failure{Failure: &fastpubsubv1.Failure{Message: "no"}}})), "no"},
		"deliveries cut":   {SessionWebSocket("h", ""), open + served(opBinary, "\x22\x04\x0a\x09\x32\x02"), "deliveries"},
		"delivery's tag":   {SessionWebSocket("h", ""), open + served(opBinary, "\x22\x02\x12\x00"), "deliveries"},
		"no payload":       {SessionWebSocket("h", ""), open + served(opBinary, "\x22\x05\x0a\x03\x2a\x01c"), "deliveries"},
		"nats error":       {NATS(), "-ERR 'no'\r\n", "no"},
		"nats length":      {NATS(), "MSG c 1 x\r\n", "MSG"},
		"redis error":      {Redis(), "-ERR no\r\n", "no"},
		"redis bulk":       {Redis(), "*3\r\n$x\r\n", "reply"},
		"end of the call":  {SessionGRPC("h", ""), string(appendHTTP2Header(nil, 0, http2.FrameData, http2.FlagDataEndStream, 1)), "ended"},
		"reset":            {SessionGRPC("h", ""), string(appendHTTP2Header(nil, 4, http2.FrameRSTStream, 0, 1)) + "\x00\x00\x00\x08", "RST_STREAM"},
		"compressed":       {SessionGRPC("h", ""), string(appendHTTP2Header(nil, 5, http2.FrameData, 0, 1)) + "\x01\x00\x00\x00\x00", "compressed"},
		"window of 3 byte": {SessionGRPC("h", ""), string(appendHTTP2Header(nil, 3, http2.FrameWindowUpdate, 0, 1)) + "\x00\x00\x01", "HTTP/2"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.ErrorContains(t, feed(test.wire(), []byte(test.data), 1<<20, new(account)), test.want)
		})
	}
}

type nobody struct{}

func (nobody) Opened()          {}
func (nobody) Acknowledged(int) {}
func (nobody) Message([]byte)   {}
func (nobody) Reply([]byte)     {}

// Receiving and publishing allocate nothing per message.
func TestAllocations(t *testing.T) {
	for name, s := range streams() {
		c := s.wire()
		require.NoError(t, feed(c, s.data, 1<<20, nobody{}))
		messages := []byte(messagesOf(name))
		var to Receiver = nobody{}
		assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = c.Receive(messages, to) }), name)
		out, payload := make([]byte, 0, 4096), make([]byte, 128)
		assert.Zero(t, testing.AllocsPerRun(100, func() { out = c.Publish(out[:0], "c", payload) }), name)
	}
}

// messagesOf is the end of a stream that holds whole messages only.
func messagesOf(name string) string {
	switch name {
	case "llps":
		return served(opBinary, "\x01\x00\x01~\x00\x01c\x00\x00\x00\x02ho\x00\x01\x00\x01c")
	case "session WebSocket":
		return served(opBinary, sessionResponses()[3])
	case "nats":
		return "MSG c 1 2\r\nho\r\n"
	case "redis":
		return "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nho\r\n"
	case "echo":
		return served(opBinary, "ho")
	case "session gRPC": // a frame, so that it can be repeated
		r := sessionResponses()[3]
		message := append([]byte{0, 0, 0, 0, byte(len(r))}, r...)
		return string(append(appendHTTP2Header(nil, len(message), http2.FrameData, 0, streamID), message...))
	case "nats WebSocket":
		return served(opBinary, messagesOf("nats"))
	default:
		panic(name)
	}
}

// Whatever a server sends, a connection does not panic or use more than there is.
func FuzzReceive(f *testing.F) {
	all := streams()
	names := []string{"llps", "session WebSocket", "session gRPC", "nats", "nats WebSocket", "redis", "echo"}
	for i, name := range names {
		f.Add(i, all[name].data)
	}
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		c := all[names[uint(which)%uint(len(names))]].wire()
		used, err := c.Receive(data, new(account))
		assert.LessOrEqual(t, used, len(data))
		assert.GreaterOrEqual(t, used, 0)
		if err == nil {
			assert.LessOrEqual(t, len(data)-used, MaxUnit)
		}
	})
}
