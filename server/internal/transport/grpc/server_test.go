package grpc_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	transport "github.com/fastpubsub/fastpubsub/server/internal/transport/grpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

var servedNames = []string{"", "fastpubsub.v1.PubSubService", "fastpubsub.v1.TokenService", "fastpubsub.v1.AdminService"}

func TestHealthFollowsReadiness(t *testing.T) { // OP-2
	n := newNode(t)
	health := grpc_health_v1.NewHealthClient(n.conn)
	check := func(want grpc_health_v1.HealthCheckResponse_ServingStatus) {
		t.Helper()
		for _, name := range servedNames {
			response, err := health.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: name})
			require.NoError(t, err)
			assert.Equal(t, want, response.GetStatus(), name)
		}
	}
	check(grpc_health_v1.HealthCheckResponse_SERVING)
	n.server.SetReady(false)
	check(grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	n.server.SetReady(true)
	check(grpc_health_v1.HealthCheckResponse_SERVING)
}

func TestHealthWatchSeesTheDrainAndEnds(t *testing.T) {
	n := newNode(t)
	watch, err := grpc_health_v1.NewHealthClient(n.conn).Watch(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	require.NoError(t, err)
	next := func() grpc_health_v1.HealthCheckResponse_ServingStatus {
		response, err := watch.Recv()
		require.NoError(t, err)
		return response.GetStatus()
	}
	require.Equal(t, grpc_health_v1.HealthCheckResponse_SERVING, next())
	n.server.Drain()
	require.Equal(t, grpc_health_v1.HealthCheckResponse_NOT_SERVING, next())
	n.server.Stop(t.Context())
	_, err = watch.Recv()
	require.Error(t, err)
}

func TestDrainKeepsSessionsUntilTheyEnd(t *testing.T) { // DL-10, SF-17
	n := newNode(t)
	token := n.TokenForAll(t)
	c := n.open(t, t.Context(), token)
	c.subscribe(1, "a")
	n.server.Drain()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.Registry.Drain(context.Background(), time.Minute)
	}()
	goAway := c.next().GetGoAway()
	assert.Equal(t, apierror.Draining, goAway.GetReason())
	assert.EqualValues(t, 60, goAway.GetTimeUntilClose().GetSeconds())

	c.publish(message(2, "a", "still delivered"))
	assert.Equal(t, "still delivered", string(c.next().GetDeliveries().GetMessages()[0].GetPayload()))
	c.next()

	_, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Publish(with(t.Context(), token), &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"})
	require.Equal(t, codes.Unavailable, status.Code(err), "nobody new is served")

	require.NoError(t, c.stream.CloseSend())
	_, err = c.end()
	require.NoError(t, err)
	<-ended
}

func TestStopEndsWhatIsLeft(t *testing.T) {
	n := newNode(t)
	c := n.open(t, t.Context(), n.TokenForAll(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n.server.Stop(ctx)
	_, err := c.end()
	require.Error(t, err)
	require.Zero(t, n.Registry.Count())
}

func TestReflectionIsASetting(t *testing.T) { // OP-2
	list := func(n *node) ([]string, error) {
		stream, err := grpc_reflection_v1.NewServerReflectionClient(n.conn).ServerReflectionInfo(t.Context())
		require.NoError(t, err)
		_ = stream.Send(&grpc_reflection_v1.ServerReflectionRequest{ // the answer may have come before; Recv says which
			MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{},
		})
		response, err := stream.Recv()
		var names []string
		for _, service := range response.GetListServicesResponse().GetService() {
			names = append(names, service.GetName())
		}
		return names, err
	}
	names, err := list(newNode(t))
	require.NoError(t, err)
	assert.Subset(t, names, servedNames[1:])
	f := rpctest.New(t)
	o := options(f)
	o.Reflection = false
	_, err = list(start(t, f, o))
	require.Equal(t, codes.Unimplemented, status.Code(err))
}

// onLoopback is a node with a real address.
func onLoopback(t *testing.T, f *rpctest.Fixture, o transport.Options, dial ...grpc.DialOption) *node {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	conn, err := grpc.NewClient(l.Addr().String(), dial...)
	require.NoError(t, err)
	return serve(t, f, o, l, conn)
}

func plain() grpc.DialOption { return grpc.WithTransportCredentials(insecure.NewCredentials()) }

func TestClientAddressComesFromPeerOrTrustedProxy(t *testing.T) { // TK-6, TK-7
	f := rpctest.New(t)
	right := rpctest.Right(rpctest.Everything("t1"))
	right.AllowIpMasks = []string{"192.0.2.7"}
	token := f.Token(t, right)
	publish := func(n *node) error {
		ctx := metadata.AppendToOutgoingContext(with(t.Context(), token), "x-forwarded-for", "203.0.113.9, 192.0.2.7")
		_, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Publish(ctx, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"})
		return err
	}
	requireReason(t, apierror.IPNotAllowed, publish(onLoopback(t, f, options(f), plain())))
	trusting := options(f)
	trusting.TrustedProxies = loopback
	require.NoError(t, publish(onLoopback(t, f, trusting, plain())))
}

func TestOriginComesFromMetadata(t *testing.T) { // TK-6
	n := newNode(t)
	right := rpctest.Right(rpctest.Everything("t1"))
	right.AllowedWsOrigin = []string{"https://example.com"}
	token := n.Token(t, right)
	publish := func(origin string) error {
		ctx := metadata.AppendToOutgoingContext(with(t.Context(), token), "origin", origin)
		_, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Publish(ctx, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"})
		return err
	}
	require.NoError(t, publish("https://example.com"))
	requireReason(t, apierror.OriginNotAllowed, publish("https://example.org"))
}

func TestBearerSchemeIsCaseInsensitive(t *testing.T) { // SF-2
	n := newNode(t)
	for _, scheme := range []string{"Bearer", "bearer", "BEARER"} {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", scheme+" "+n.TokenForAll(t))
		_, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Publish(ctx, &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"})
		require.NoError(t, err, scheme)
	}
}

func TestTokenLife(t *testing.T) { // RS-9, TK-8
	n := newNode(t)
	ctx := with(t.Context(), rpctest.MasterToken)
	tokens := fastpubsubv1.NewTokenServiceClient(n.conn)
	created, err := tokens.CreateToken(ctx, &fastpubsubv1.CreateTokenRequest{Right: rpctest.Right(rpctest.Everything("t1")), CreatedBy: "me"})
	require.NoError(t, err)
	n.publish(t, created.GetToken(), "a", "x")
	listed, err := tokens.ListTokens(ctx, &fastpubsubv1.ListTokensRequest{ClientId: "me"})
	require.NoError(t, err)
	require.Len(t, listed.GetTokens(), 1)
	assert.Equal(t, created.GetTokenId(), listed.GetTokens()[0].GetTokenId())
	_, err = tokens.RefreshToken(ctx, &fastpubsubv1.RefreshTokenRequest{TokenId: created.GetTokenId(), ExpiresAt: created.GetExpiresAt()})
	require.NoError(t, err)
	_, err = tokens.RevokeToken(ctx, &fastpubsubv1.RevokeTokenRequest{Token: created.GetToken()})
	require.NoError(t, err)
	_, err = fastpubsubv1.NewPubSubServiceClient(n.conn).Publish(with(t.Context(), created.GetToken()), &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a"})
	requireReason(t, apierror.TokenRevoked, err)
}

func TestAdminStartsTheDrain(t *testing.T) { // RS-11
	n := newNode(t)
	n.open(t, t.Context(), n.TokenForAll(t))
	response, err := fastpubsubv1.NewAdminServiceClient(n.conn).Drain(with(t.Context(), rpctest.MasterToken), &fastpubsubv1.DrainRequest{})
	require.NoError(t, err)
	assert.EqualValues(t, 1, response.GetConnections())
	assert.EqualValues(t, 30, response.GetTimeUntilClose().GetSeconds())
	assert.Equal(t, 1, n.Drains)
}
