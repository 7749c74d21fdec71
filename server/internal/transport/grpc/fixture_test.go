package grpc_test

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	transport "github.com/fastpubsub/fastpubsub/server/internal/transport/grpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// node is a server on an in-memory listener, and a client of it.
type node struct {
	*rpctest.Fixture
	server *transport.Server
	conn   *grpc.ClientConn
	served chan error
}

func options(f *rpctest.Fixture) transport.Options {
	return transport.Options{
		PubSub: f.PubSub, Tokens: f.Tokens, Admin: f.Admin, Logger: rpctest.Silent(),
		KeepAlive: 20 * time.Second, AuthTimeout: 10 * time.Second, Reflection: true,
	}
}

func start(t testing.TB, f *rpctest.Fixture, o transport.Options) *node {
	t.Helper()
	l := bufconn.Listen(1 << 20)
	conn, err := grpc.NewClient("passthrough:///node",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	return serve(t, f, o, l, conn)
}

func serve(t testing.TB, f *rpctest.Fixture, o transport.Options, l net.Listener, conn *grpc.ClientConn) *node {
	t.Helper()
	n := &node{Fixture: f, server: transport.New(o), conn: conn, served: make(chan error, 1)}
	n.server.SetReady(true)
	go func() { n.served <- n.server.Serve(l) }()
	t.Cleanup(func() {
		_ = conn.Close()
		f.Registry.EndAll()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		n.server.Stop(ctx)
		require.NoError(t, <-n.served)
	})
	return n
}

func newNode(t testing.TB, settings ...rpctest.Option) *node {
	t.Helper()
	f := rpctest.New(t, settings...)
	return start(t, f, options(f))
}

// with is a context that shows a bearer token.
func with(ctx context.Context, bearer string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+bearer)
}

func requireReason(t testing.TB, reason apierror.Reason, err error) {
	t.Helper()
	got := status.Convert(err)
	require.Equal(t, apierror.TraitsOf(reason).GRPC, got.Code(), got.Message())
	require.Len(t, got.Details(), 1, got.Message())
	info := got.Details()[0].(*errdetails.ErrorInfo)
	require.Equal(t, apierror.Name(reason), info.GetReason(), got.Message())
	require.Equal(t, "fastpubsub.v1", info.GetDomain())
	require.NotEmpty(t, got.Message())
}

// client is one session as a client sees it.
type client struct {
	t      testing.TB
	stream grpc.BidiStreamingClient[fastpubsubv1.SessionRequest, fastpubsubv1.SessionResponse]
}

// open opens a session and reads its welcome.
func (n *node) open(t testing.TB, ctx context.Context, token string) *client {
	t.Helper()
	stream, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Session(with(ctx, token))
	require.NoError(t, err)
	c := &client{t, stream}
	require.NotNil(t, c.next().GetWelcome())
	return c
}

func (c *client) next() *fastpubsubv1.SessionResponse {
	c.t.Helper()
	response, err := c.stream.Recv()
	require.NoError(c.t, err)
	return response
}

func (c *client) send(r *fastpubsubv1.SessionRequest) {
	c.t.Helper()
	require.NoError(c.t, c.stream.Send(r))
}

func (c *client) subscribe(id uint64, pattern string) uint64 {
	c.t.Helper()
	c.send(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
		Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: id, Tenant: "t1", Pattern: pattern},
	}})
	success := c.next().GetSuccess()
	require.Equal(c.t, []uint64{id}, success.GetRequestIds())
	require.NotZero(c.t, success.GetPatternHandle())
	return success.GetPatternHandle()
}

func (c *client) publish(messages ...*fastpubsubv1.OutgoingMessage) {
	c.t.Helper()
	c.send(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Publish{
		Publish: &fastpubsubv1.PublishCommand{Messages: messages},
	}})
}

func (c *client) ping(id uint64) {
	c.t.Helper()
	c.send(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{Ping: &fastpubsubv1.PingCommand{RequestId: id}}})
}

// end reads until the stream ends and says how.
func (c *client) end() (last *fastpubsubv1.SessionResponse, err error) {
	for {
		response, err := c.stream.Recv()
		if err == io.EOF {
			return last, nil
		}
		if err != nil {
			return last, err
		}
		last = response
	}
}

func message(id uint64, channel, payload string) *fastpubsubv1.OutgoingMessage {
	return &fastpubsubv1.OutgoingMessage{RequestId: id, Tenant: "t1", Channel: channel, Payload: []byte(payload)}
}
