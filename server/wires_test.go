package server_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1/fastpubsubv1connect"
	"github.com/fastpubsub/fastpubsub/server"
)

// wire is a way to reach a server. Its methods give the reason of a refusal, as
// the wire spells it; "" when there was none.
type wire interface {
	subscribe(t *testing.T, tenant, pattern string) (reason string)
	publish(t *testing.T, tenant, channel string, payload []byte) (reason string)
}

// dialWires connects over every wire.
func dialWires(t *testing.T, s *server.Server, token string) map[string]wire {
	return map[string]wire{
		"llps text":            llpsText{dialWebSocket(t, s, token, "llps.v1")},
		"llps JSON":            llpsJSON{dialWebSocket(t, s, token, "llps.v1")},
		"session on WebSocket": newSessionWire(t, webSocketFrames{dialWebSocket(t, s, token, "fastpubsub.v1")}),
		"session on gRPC":      newSessionWire(t, dialGRPCSession(t, s, token)),
		"gRPC":                 grpcWire{dialGRPC(t, s), token},
		"Connect":              connectWire{connectClient(t, s), token},
		"gRPC-Web":             connectWire{connectClient(t, s, connect.WithGRPCWeb()), token},
	}
}

func dialWebSocket(t *testing.T, s *server.Server, token, protocol string) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.Dial(t.Context(), "ws://"+s.HTTPAddr()+"/ws", &websocket.DialOptions{
		Subprotocols: []string{protocol}, HTTPHeader: http.Header{"Authorization": {"Bearer " + token}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

type llpsText struct{ *websocket.Conn }

func (c llpsText) subscribe(t *testing.T, tenant, pattern string) string {
	command := "SUB:" + tenant + ":" + pattern
	require.NoError(t, c.Write(t.Context(), websocket.MessageText, []byte(command)))
	return c.answer(t, "OK:"+command)
}

// publish is followed by a PING: a publish is not acknowledged.
func (c llpsText) publish(t *testing.T, tenant, channel string, payload []byte) string {
	frame := binary.BigEndian.AppendUint16(nil, uint16(len(tenant)))
	frame = append(frame, tenant...)
	frame = binary.BigEndian.AppendUint16(frame, uint16(len(channel)))
	frame = append(append(frame, channel...), payload...)
	require.NoError(t, c.Write(t.Context(), websocket.MessageBinary, frame))
	require.NoError(t, c.Write(t.Context(), websocket.MessageText, []byte("PING")))
	reason := c.answer(t, "PONG")
	if reason != "" {
		require.Empty(t, c.answer(t, "PONG"))
	}
	return reason
}

// answer reads a line: the expected one, or an error.
func (c llpsText) answer(t *testing.T, expected string) string {
	_, line, err := c.Read(t.Context())
	require.NoError(t, err)
	if string(line) == expected {
		return ""
	}
	code, ok := strings.CutPrefix(string(line), "ERR:")
	require.True(t, ok, "%s", line)
	code, _, _ = strings.Cut(code, ":")
	return code
}

type llpsJSON struct{ *websocket.Conn }

func (c llpsJSON) subscribe(t *testing.T, tenant, pattern string) string {
	return c.call(t, map[string]any{"action": "subscribe", "tenant": tenant, "channel": pattern, "id": 1})
}

func (c llpsJSON) publish(t *testing.T, tenant, channel string, payload []byte) string {
	return c.call(t, map[string]any{
		"action": "publish", "tenant": tenant, "channel": channel, "id": "x",
		"payload": base64.StdEncoding.EncodeToString(payload), "encoding": "base64",
	})
}

func (c llpsJSON) call(t *testing.T, command map[string]any) string {
	data, err := json.Marshal(command)
	require.NoError(t, err)
	require.NoError(t, c.Write(t.Context(), websocket.MessageText, data))
	_, data, err = c.Read(t.Context())
	require.NoError(t, err)
	var answer struct{ Type, Reason, Message string }
	require.NoError(t, json.Unmarshal(data, &answer))
	if answer.Type == "ok" {
		return ""
	}
	require.Equal(t, "error", answer.Type)
	require.NotEmpty(t, answer.Message)
	return answer.Reason
}

// frames carries session frames.
type frames interface {
	send(t *testing.T, r *fastpubsubv1.SessionRequest)
	receive(t *testing.T) *fastpubsubv1.SessionResponse
}

type webSocketFrames struct{ *websocket.Conn }

func (c webSocketFrames) send(t *testing.T, r *fastpubsubv1.SessionRequest) {
	data, err := proto.Marshal(r)
	require.NoError(t, err)
	require.NoError(t, c.Write(t.Context(), websocket.MessageBinary, data))
}

func (c webSocketFrames) receive(t *testing.T) *fastpubsubv1.SessionResponse {
	_, data, err := c.Read(t.Context())
	require.NoError(t, err)
	response := new(fastpubsubv1.SessionResponse)
	require.NoError(t, proto.Unmarshal(data, response))
	return response
}

type grpcFrames struct {
	grpc.BidiStreamingClient[fastpubsubv1.SessionRequest, fastpubsubv1.SessionResponse]
}

func (c grpcFrames) send(t *testing.T, r *fastpubsubv1.SessionRequest) { require.NoError(t, c.Send(r)) }

func (c grpcFrames) receive(t *testing.T) *fastpubsubv1.SessionResponse {
	response, err := c.Recv()
	require.NoError(t, err)
	return response
}

func dialGRPC(t *testing.T, s *server.Server) *grpc.ClientConn {
	conn, err := grpc.NewClient(s.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return conn
}

func dialGRPCSession(t *testing.T, s *server.Server, token string) grpcFrames {
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
	stream, err := fastpubsubv1.NewPubSubServiceClient(dialGRPC(t, s)).Session(ctx)
	require.NoError(t, err)
	return grpcFrames{stream}
}

// sessionWire speaks the session protocol over either transport.
type sessionWire struct {
	frames
	lastID *uint64
}

func newSessionWire(t *testing.T, f frames) sessionWire {
	require.NotNil(t, f.receive(t).GetWelcome(), "the first frame is the welcome (SF-4)")
	return sessionWire{frames: f, lastID: new(uint64)}
}

func (w sessionWire) id() uint64 {
	*w.lastID++
	return *w.lastID
}

func (w sessionWire) subscribe(t *testing.T, tenant, pattern string) string {
	return w.call(t, &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
		Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: w.id(), Tenant: tenant, Pattern: pattern},
	}})
}

func (w sessionWire) publish(t *testing.T, tenant, channel string, payload []byte) string {
	message := &fastpubsubv1.OutgoingMessage{RequestId: w.id(), Tenant: tenant, Channel: channel, Payload: payload}
	return w.call(t, &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Publish{
		Publish: &fastpubsubv1.PublishCommand{Messages: []*fastpubsubv1.OutgoingMessage{message}},
	}})
}

// call sends a command and reads its answer.
func (w sessionWire) call(t *testing.T, r *fastpubsubv1.SessionRequest) string {
	w.send(t, r)
	response := w.receive(t)
	if success := response.GetSuccess(); success != nil {
		require.Equal(t, []uint64{*w.lastID}, success.GetRequestIds())
		return ""
	}
	failure := response.GetFailure()
	require.NotNil(t, failure, "%v", response)
	require.Equal(t, *w.lastID, failure.GetRequestId())
	require.NotEmpty(t, failure.GetMessage())
	return strings.TrimPrefix(failure.GetReason().String(), "ERROR_REASON_")
}

// grpcWire uses the calls that are no session.
type grpcWire struct {
	conn  *grpc.ClientConn
	token string
}

func (w grpcWire) context(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+w.token))
}

func (w grpcWire) subscribe(t *testing.T, tenant, pattern string) string {
	ctx, cancel := w.context(t)
	defer cancel()
	request := &fastpubsubv1.SubscribeRequest{Tenant: tenant, Patterns: []string{pattern}}
	stream, err := fastpubsubv1.NewPubSubServiceClient(w.conn).Subscribe(ctx, request)
	require.NoError(t, err)
	first, err := stream.Recv()
	if err == nil {
		require.NotNil(t, first.GetSubscribed(), "the first frame says that the patterns are subscribed to (SF-20)")
	}
	return reasonOfStatus(t, err)
}

func (w grpcWire) publish(t *testing.T, tenant, channel string, payload []byte) string {
	ctx, cancel := w.context(t)
	defer cancel()
	request := &fastpubsubv1.PublishRequest{Tenant: tenant, Channel: channel, Payload: payload}
	_, err := fastpubsubv1.NewPubSubServiceClient(w.conn).Publish(ctx, request)
	return reasonOfStatus(t, err)
}

// reasonOfStatus is the reason of the ErrorInfo (ER-4).
func reasonOfStatus(t *testing.T, err error) string {
	if err == nil {
		return ""
	}
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			require.Equal(t, "fastpubsub.v1", info.GetDomain())
			return info.GetReason()
		}
	}
	t.Fatalf("no ErrorInfo in %v", err)
	return ""
}

// connectWire uses the same calls over Connect and gRPC-Web.
type connectWire struct {
	client fastpubsubv1connect.PubSubServiceClient
	token  string
}

func connectClient(t *testing.T, s *server.Server, options ...connect.ClientOption) fastpubsubv1connect.PubSubServiceClient {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	return fastpubsubv1connect.NewPubSubServiceClient(&http.Client{Transport: transport}, "http://"+s.HTTPAddr(), options...)
}

func (w connectWire) subscribe(t *testing.T, tenant, pattern string) string {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request := connect.NewRequest(&fastpubsubv1.SubscribeRequest{Tenant: tenant, Patterns: []string{pattern}})
	request.Header().Set("Authorization", "Bearer "+w.token)
	stream, err := w.client.Subscribe(ctx, request)
	require.NoError(t, err)
	defer func() { _ = stream.Close() }()
	if stream.Receive() {
		require.NotNil(t, stream.Msg().GetSubscribed())
		cancel()
		return ""
	}
	return reasonOfConnect(t, stream.Err())
}

func (w connectWire) publish(t *testing.T, tenant, channel string, payload []byte) string {
	request := connect.NewRequest(&fastpubsubv1.PublishRequest{Tenant: tenant, Channel: channel, Payload: payload})
	request.Header().Set("Authorization", "Bearer "+w.token)
	_, err := w.client.Publish(t.Context(), request)
	return reasonOfConnect(t, err)
}

func reasonOfConnect(t *testing.T, err error) string {
	if err == nil {
		return ""
	}
	var refused *connect.Error
	require.True(t, errors.As(err, &refused), "%v", err)
	for _, detail := range refused.Details() {
		value, err := detail.Value()
		require.NoError(t, err)
		if info, ok := value.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	t.Fatalf("no ErrorInfo in %v", err)
	return ""
}
