package grpc_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

func TestWrongCallsAreRefusedWithTheirReasons(t *testing.T) { // ER-4, ER-5, ER-6
	n := newNode(t)
	for _, r := range rpctest.Refusals(t, n.Fixture) {
		t.Run(r.Name, func(t *testing.T) { requireReason(t, r.Reason, n.call(t, r.Bearer, r.Service, r.Method, r.Request)) })
	}
	require.Zero(t, n.Drains)
}

// call makes a call and returns the error that ends it.
func (n *node) call(t *testing.T, bearer, service, method string, request proto.Message) error {
	ctx := t.Context()
	if bearer != "" {
		ctx = with(ctx, bearer)
	}
	stream, err := n.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/"+service+"/"+method)
	require.NoError(t, err)
	if err := stream.SendMsg(request); err != nil {
		require.ErrorIs(t, err, io.EOF) // it was refused before it was sent; RecvMsg says why
	}
	require.NoError(t, stream.CloseSend())
	return stream.RecvMsg(new(fastpubsubv1.SubscribeResponse))
}

func TestWhatIsNoMessageIsRefused(t *testing.T) { // ER-4
	n := newNode(t)
	garbage := wrapperspb.Bytes([]byte{0xff, 0xff, 0xff}) // its field 1 is of another type than a tenant's text
	requireReason(t, apierror.RequestInvalid, n.call(t, n.TokenForAll(t), "fastpubsub.v1.PubSubService", "Publish", garbage))

	stream, err := n.conn.NewStream(with(t.Context(), rpctest.MasterToken), &grpc.StreamDesc{ServerStreams: true}, "/fastpubsub.v1.TokenService/ListTokens")
	require.NoError(t, err)
	require.NoError(t, stream.CloseSend())
	requireReason(t, apierror.RequestInvalid, stream.RecvMsg(new(fastpubsubv1.ListTokensResponse)))
}

func TestMessagesBeyondEveryLimitAreNotRead(t *testing.T) {
	n := newNode(t)
	request := &fastpubsubv1.PublishRequest{Tenant: "t1", Channel: "a", Payload: make([]byte, 3<<20)}
	_, err := fastpubsubv1.NewPubSubServiceClient(n.conn).Publish(with(t.Context(), n.TokenForAll(t)), request)
	require.Equal(t, codes.ResourceExhausted, status.Code(err))
}

func TestUnknownMethodsAreUnimplemented(t *testing.T) { // ER-4
	n := newNode(t)
	for _, service := range []string{"fastpubsub.v1.PubSubService", "fastpubsub.v1.NoService"} {
		for _, method := range []string{"Unknown", strings.Repeat("Long", 1000)} {
			err := n.call(t, "", service, method, new(fastpubsubv1.PublishRequest))
			require.Equal(t, codes.Unimplemented, status.Code(err))
			require.Equal(t, "REQUEST_INVALID", status.Convert(err).Details()[0].(*errdetails.ErrorInfo).GetReason())
			require.Less(t, len(err.Error()), 1000)
		}
	}
}

func TestPanicsAreInternalErrors(t *testing.T) { // ER-6
	f := rpctest.New(t)
	o := options(f)
	o.Admin = rpc.NewAdmin(anyone{}, nil, func() (int, time.Duration) { panic("a fault") })
	n := start(t, f, o)
	admin := fastpubsubv1.NewAdminServiceClient(n.conn)
	_, err := admin.Drain(t.Context(), &fastpubsubv1.DrainRequest{})
	requireReason(t, apierror.Internal, err)
	require.NotContains(t, err.Error(), "a fault")
	_, err = fastpubsubv1.NewTokenServiceClient(n.conn).ListTokens(with(t.Context(), rpctest.MasterToken), &fastpubsubv1.ListTokensRequest{})
	require.NoError(t, err, "the server goes on")
}

// anyone authorizes everybody.
type anyone struct{}

func (anyone) Authorize(string) error { return nil }
