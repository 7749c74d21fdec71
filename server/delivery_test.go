package server_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/metadata"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server"
)

// inbox reads what a subscriber of one wire gets, as "tenant/channel payload".
type inbox func(t *testing.T) string

// subscribers subscribe to t/a.# on every wire.
func subscribers(t *testing.T, s *server.Server, token string) map[string]inbox {
	all := map[string]inbox{}
	wires := dialWires(t, s, token)
	for name, w := range wires {
		switch w := w.(type) {
		case llpsText:
			require.Empty(t, w.subscribe(t, "t", "a.#"))
			all[name] = func(t *testing.T) string { return readLLPS(t, w.Conn) }
		case llpsJSON:
			require.Empty(t, w.subscribe(t, "t", "a.#"))
			all[name] = func(t *testing.T) string { return read(t, w.Conn) }
		case sessionWire:
			require.Empty(t, w.subscribe(t, "t", "a.#"))
			all[name] = func(t *testing.T) string { return joined(w.receive(t).GetDeliveries()) }
		case grpcWire:
			all[name] = subscribeGRPC(t, w)
		case connectWire:
			all[name] = subscribeConnect(t, w)
		}
	}
	return all
}

func read(t *testing.T, c *websocket.Conn) string {
	_, data, err := c.Read(t.Context())
	require.NoError(t, err)
	return string(data)
}

// readLLPS shows a deliver frame with its length prefixes as dots.
func readLLPS(t *testing.T, c *websocket.Conn) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return '.'
		}
		return r
	}, read(t, c))
}

func joined(d *fastpubsubv1.Deliveries) string {
	var lines []string
	for _, m := range d.GetMessages() {
		lines = append(lines, fmt.Sprintf("%s/%s %s", m.GetTenant(), m.GetChannel(), m.GetPayload()))
	}
	return strings.Join(lines, "\n")
}

func subscribeGRPC(t *testing.T, w grpcWire) inbox {
	ctx, cancel := context.WithCancel(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+w.token))
	t.Cleanup(cancel)
	request := &fastpubsubv1.SubscribeRequest{Tenant: "t", Patterns: []string{"a.#"}}
	stream, err := fastpubsubv1.NewPubSubServiceClient(w.conn).Subscribe(ctx, request)
	require.NoError(t, err)
	first, err := stream.Recv()
	require.NoError(t, err)
	require.Len(t, first.GetSubscribed().GetPatternHandles(), 1)
	return func(t *testing.T) string {
		response, err := stream.Recv()
		require.NoError(t, err)
		return joined(response.GetDeliveries())
	}
}

func subscribeConnect(t *testing.T, w connectWire) inbox {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	request := connect.NewRequest(&fastpubsubv1.SubscribeRequest{Tenant: "t", Patterns: []string{"a.#"}})
	request.Header().Set("Authorization", "Bearer "+w.token)
	stream, err := w.client.Subscribe(ctx, request)
	require.NoError(t, err)
	require.True(t, stream.Receive(), "%v", stream.Err())
	require.NotNil(t, stream.Msg().GetSubscribed())
	return func(t *testing.T) string {
		require.True(t, stream.Receive(), "%v", stream.Err())
		return joined(stream.Msg().GetDeliveries())
	}
}

// TestEveryWireReachesEveryWire publishes on each wire; subscribers on each get
// it once, in order, and nothing else (DL-1, DL-2, OP-1, OP-2, RS-9).
func TestEveryWireReachesEveryWire(t *testing.T) {
	s, _ := start(t, testConfig())
	token := createToken(t, s, grant("t", "#", "#"))
	inboxes := subscribers(t, s, token)
	for from, w := range dialWires(t, s, token) {
		require.Empty(t, w.publish(t, "t", "b", []byte("nobody is subscribed to this")))
		require.Empty(t, w.publish(t, "t", "a.b", []byte("from "+from)))
		for to, next := range inboxes {
			got := next(t)
			switch to {
			case "llps text":
				assert.Equal(t, "...t..a.b....from "+from+"....a.#", got, "%s to %s", from, to)
			case "llps JSON":
				assert.JSONEq(t, `{"type":"message","tenant":"t","channel":"a.b","payload":"from `+from+`","patterns":["a.#"]}`, got)
			default:
				assert.Equal(t, "t/a.b from "+from, got, "%s to %s", from, to)
			}
		}
	}
}

// TestOwnMessages reach the publisher that is subscribed (DL-3), subscribe then
// publish on one connection always delivers (DL-5).
func TestOwnMessages(t *testing.T) {
	s, _ := start(t, testConfig())
	c := dialWebSocket(t, s, createToken(t, s, grant("~", "#", "#")), "llps.v1")
	for _, command := range []string{
		`{"action":"subscribe","channel":"a"}`, `{"action":"publish","channel":"a","payload":"x","id":7}`,
	} {
		require.NoError(t, c.Write(t.Context(), websocket.MessageText, []byte(command)))
	}
	assert.JSONEq(t, `{"type":"ok","action":"subscribe","tenant":"","channel":"a"}`, read(t, c))
	assert.JSONEq(t, `{"type":"message","tenant":"~","channel":"a","payload":"x","patterns":["a"]}`, read(t, c))
	assert.JSONEq(t, `{"type":"ok","action":"publish","tenant":"","channel":"a","id":7}`, read(t, c))
}
