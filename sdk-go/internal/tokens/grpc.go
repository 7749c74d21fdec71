package tokens

import (
	"context"

	"connectrpc.com/connect"
	rpc "google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/secret"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport/grpc"
)

// overGRPC is the service over gRPC.
type overGRPC struct {
	client  fastpubsubv1.TokenServiceClient
	conn    *rpc.ClientConn
	channel *grpc.Credentials
	peer    transport.Peer
}

// attach adds the master token to each call.
func attach(master secret.Text) rpc.UnaryClientInterceptor {
	return func(ctx context.Context, method string, request, reply any, conn *rpc.ClientConn, invoker rpc.UnaryInvoker, options ...rpc.CallOption) error {
		return invoker(metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+master.Reveal()), method, request, reply, conn, options...)
	}
}

// Create implements Service.
func (o *overGRPC) Create(ctx context.Context, request *fastpubsubv1.CreateTokenRequest) (*fastpubsubv1.CreateTokenResponse, error) {
	response, err := o.client.CreateToken(ctx, request)
	return response, o.fault(ctx, err)
}

// Refresh implements Service.
func (o *overGRPC) Refresh(ctx context.Context, request *fastpubsubv1.RefreshTokenRequest) (*fastpubsubv1.RefreshTokenResponse, error) {
	response, err := o.client.RefreshToken(ctx, request)
	return response, o.fault(ctx, err)
}

// Revoke implements Service.
func (o *overGRPC) Revoke(ctx context.Context, request *fastpubsubv1.RevokeTokenRequest) (*fastpubsubv1.RevokeTokenResponse, error) {
	response, err := o.client.RevokeToken(ctx, request)
	return response, o.fault(ctx, err)
}

// List implements Service.
func (o *overGRPC) List(ctx context.Context, request *fastpubsubv1.ListTokensRequest) (*fastpubsubv1.ListTokensResponse, error) {
	response, err := o.client.ListTokens(ctx, request)
	return response, o.fault(ctx, err)
}

// Close implements Service.
func (o *overGRPC) Close() { _ = o.conn.Close() }

func (o *overGRPC) fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	ended := status.Convert(err)
	if refusal := grpc.FaultOfDetails(ended); refusal != nil {
		return refusal
	}
	return faultOfCode(ctx, o.peer, o.channel.Cause(err), connect.Code(ended.Code()))
}
