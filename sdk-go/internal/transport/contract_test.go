package transport_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/certtest"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/nodetest"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport/grpc"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport/websocket"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// forEach runs a test on each transport. serve serves a node, with TLS or
// without; dialer dials an address.
func forEach(t *testing.T, test func(t *testing.T, serve serveFunc)) {
	t.Run("websocket", func(t *testing.T) {
		test(t, func(n *nodetest.Node, security *tls.Config) string { return n.ServeWebSocket(t, security) })
	})
	t.Run("grpc", func(t *testing.T) {
		test(t, func(n *nodetest.Node, security *tls.Config) string { return n.ServeGRPC(t, security) })
	})
}

type serveFunc func(*nodetest.Node, *tls.Config) string

func dial(ctx context.Context, t *testing.T, address string, security transport.Security) (transport.Conn, error) {
	t.Helper()
	endpoint, err := transport.ParseEndpoint(address)
	require.NoError(t, err)
	var dialer transport.Dialer = websocket.NewDialer(endpoint, security)
	if endpoint.Kind == transport.GRPC {
		dialer = grpc.NewDialer(endpoint, security)
	}
	conn, err := dialer.Dial(ctx, "AT_1_2")
	if err == nil {
		t.Cleanup(conn.Abort)
	}
	return conn, err
}

func mustDial(t *testing.T, address string) transport.Conn {
	t.Helper()
	conn, err := dial(t.Context(), t, address, transport.Security{})
	require.NoError(t, err)
	receive(t, conn) // the welcome
	return conn
}

func receive(t *testing.T, conn transport.Conn) *fastpubsubv1.SessionResponse {
	t.Helper()
	frame, err := conn.Receive()
	require.NoError(t, err)
	var response fastpubsubv1.SessionResponse
	require.NoError(t, proto.Unmarshal(frame, &response))
	return &response
}

// ended is why a connection ended, which Receive finds out, after what came
// before.
func ended(conn transport.Conn) *fault.Fault {
	for {
		if _, err := conn.Receive(); err != nil {
			return err.(*fault.Fault)
		}
	}
}

func publish(payload []byte) []byte {
	message := wire.AppendMessage(nil, &wire.Outgoing{RequestID: 9, Tenant: "~", Channel: "a", Payload: payload})
	return append(wire.AppendPublishHeader(nil, len(message)), message...)
}

// SF-1, SF-2, SF-3: frames pass whole and in order, both ways; the token arrives.
func TestFrames(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		node := nodetest.NewCluster().NewNode("n")
		conn := mustDial(t, serve(node, nil))
		assert.Equal(t, []string{"AT_1_2"}, node.Tokens())
		require.NoError(t, conn.Send(wire.Subscribe(1, "~", "a")))
		assert.Equal(t, []uint64{1}, receive(t, conn).GetSuccess().GetRequestIds())
		for _, size := range []int{0, 1, 100, 5000, 65535, 700_000, 3} {
			payload := bytes.Repeat([]byte{byte(size)}, size)
			frame := publish(payload)
			require.NoError(t, conn.Send(frame))
			clear(frame) // it is ours again
			var got []*fastpubsubv1.Delivery
			for acknowledged := false; !acknowledged || got == nil; {
				response := receive(t, conn)
				got = append(got, response.GetDeliveries().GetMessages()...)
				acknowledged = acknowledged || response.GetSuccess() != nil
			}
			require.Len(t, got, 1)
			assert.True(t, bytes.Equal(payload, got[0].GetPayload()), size)
		}
	})
}

// SDK-12, ER-3, ER-4: a refused token has the catalogue's reason.
func TestRefusedToken(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		for _, reason := range []fastpubsubv1.ErrorReason{
			fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED,
			fastpubsubv1.ErrorReason_ERROR_REASON_IP_NOT_ALLOWED,
			fastpubsubv1.ErrorReason_ERROR_REASON_TOO_MANY_CONNECTIONS,
			fastpubsubv1.ErrorReason_ERROR_REASON_STORE_UNAVAILABLE,
			fastpubsubv1.ErrorReason_ERROR_REASON_INTERNAL,
		} {
			node := nodetest.NewCluster().NewNode("n")
			node.Admit = func(string) *nodetest.Refusal { return &nodetest.Refusal{Reason: reason, Text: "because"} }
			conn, err := dial(t.Context(), t, serve(node, nil), transport.Security{})
			refusal := fault.From(err)
			if err == nil {
				refusal = ended(conn)
			}
			assert.Equal(t, fault.FromContract(reason), refusal.Reason)
			assert.Equal(t, "because", refusal.Text)
		}
	})
}

// SF-18: the close carries the reason, also when the client missed the frame
// before it.
func TestEndWithAReason(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		node := nodetest.NewCluster().NewNode("n")
		conn := mustDial(t, serve(node, nil))
		node.End(&nodetest.Refusal{Reason: fastpubsubv1.ErrorReason_ERROR_REASON_SLOW_CONSUMER, Text: "too slow"})
		end := ended(conn)
		assert.Equal(t, fault.Reason("SLOW_CONSUMER"), end.Reason)
		assert.Equal(t, "too slow", end.Text)
	})
}

func TestEndWithoutAReason(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		node := nodetest.NewCluster().NewNode("n")
		conn := mustDial(t, serve(node, nil))
		node.End(nil)
		assert.Equal(t, fault.ConnectionLost, ended(conn).Reason)
		for conn.Send(wire.Ping(1)) == nil {
		}
	})
}

// Abort unblocks a Receive and a Send.
func TestAbort(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		conn := mustDial(t, serve(nodetest.NewCluster().NewNode("n"), nil))
		end := make(chan *fault.Fault)
		go func() { end <- ended(conn) }()
		conn.Abort()
		conn.Abort()
		assert.Equal(t, fault.ConnectionLost, (<-end).Reason)
		assert.Error(t, conn.Send(wire.Ping(1)))
	})
}

// SDK-17: Close lets the peer handle what was sent, and end.
func TestClose(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		conn := mustDial(t, serve(nodetest.NewCluster().NewNode("n"), nil))
		require.NoError(t, conn.Send(wire.Ping(7)))
		assert.Equal(t, []uint64{7}, receive(t, conn).GetSuccess().GetRequestIds())
		end := make(chan *fault.Fault)
		go func() { end <- ended(conn) }()
		conn.Close()
		assert.Equal(t, fault.ConnectionLost, (<-end).Reason)
	})
}

func TestUnreachable(t *testing.T) {
	for _, scheme := range []string{"ws", "wss", "grpc", "grpcs"} {
		_, err := dial(t.Context(), t, scheme+"://127.0.0.1:1", transport.Security{})
		assert.Equal(t, fault.Unreachable, fault.From(err).Reason, scheme)
		assert.True(t, fault.From(err).Retryable(), scheme)
		assert.ErrorContains(t, err, "refused", scheme)
	}
}

// A server that takes the connection and says nothing does not hold a dial up
// beyond its context.
func TestDialEndsWithItsContext(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	for _, scheme := range []string{"ws", "wss", "grpc", "grpcs"} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := dial(ctx, t, scheme+"://"+listener.Addr().String(), transport.Security{})
		cancel()
		assert.Equal(t, fault.Unreachable, fault.From(err).Reason, scheme)
	}
}

// SDK-14: a given authority, a client certificate, and what is insecure by name.
func TestSecurity(t *testing.T) {
	forEach(t, func(t *testing.T, serve serveFunc) {
		authority, stranger := certtest.NewAuthority(t), certtest.NewAuthority(t)
		own, strange := authority.Issue(), stranger.Issue()
		plain := serve(nodetest.NewCluster().NewNode("n"), authority.Server())
		demanding := serve(nodetest.NewCluster().NewNode("n"), authority.DemandingServer())
		for name, c := range map[string]struct {
			address  string
			security transport.Security
			works    bool
			final    bool
		}{
			"system roots do not know the server": {plain, transport.Security{}, false, true},
			"the authority":                       {plain, transport.Security{Roots: authority.Pool()}, true, false},
			"another authority":                   {plain, transport.Security{Roots: stranger.Pool()}, false, true},
			"insecure, by name":                   {plain, transport.Security{InsecureSkipVerify: true}, true, false},
			"no client certificate":               {demanding, transport.Security{Roots: authority.Pool()}, false, true},
			"a client certificate":                {demanding, transport.Security{Roots: authority.Pool(), Certificate: &own}, true, false},
			"a strange client certificate":        {demanding, transport.Security{Roots: authority.Pool(), Certificate: &strange}, false, true},
		} {
			conn, err := dial(t.Context(), t, c.address, c.security)
			if err == nil {
				_, err = conn.Receive()
			}
			if c.works {
				require.NoError(t, err, name)
				continue
			}
			require.Error(t, err, name)
			assert.Equal(t, fault.Unreachable, fault.From(err).Reason, name)
			assert.Equal(t, c.final, !fault.From(err).Retryable(), name)
		}
	})
}
