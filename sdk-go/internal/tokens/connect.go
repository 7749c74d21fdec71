package tokens

import (
	"context"
	"errors"
	"net/http"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1/fastpubsubv1connect"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/secret"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport/grpc"
)

// overConnect is the service over the Connect protocol.
type overConnect struct {
	client    fastpubsubv1connect.TokenServiceClient
	carrier   *http.Transport
	handshake *transport.Handshake
	peer      transport.Peer
}

// portCheck ends a call whose answer only a port gives that speaks something else.
type portCheck struct {
	next http.RoundTripper
	peer transport.Peer
}

// RoundTrip implements http.RoundTripper.
func (p *portCheck) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := p.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if wrong := transport.WrongPort(p.peer, response); wrong != nil {
		_ = response.Body.Close()
		return nil, wrong
	}
	return response, nil
}

// authorize adds the master token to each call.
func authorize(master secret.Text) connect.Interceptor {
	return connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
			request.Header().Set("Authorization", "Bearer "+master.Reveal())
			return next(ctx, request)
		}
	})
}

// Create implements Service.
func (o *overConnect) Create(ctx context.Context, request *fastpubsubv1.CreateTokenRequest) (*fastpubsubv1.CreateTokenResponse, error) {
	return invoke(ctx, o, o.client.CreateToken, request)
}

// Refresh implements Service.
func (o *overConnect) Refresh(ctx context.Context, request *fastpubsubv1.RefreshTokenRequest) (*fastpubsubv1.RefreshTokenResponse, error) {
	return invoke(ctx, o, o.client.RefreshToken, request)
}

// Revoke implements Service.
func (o *overConnect) Revoke(ctx context.Context, request *fastpubsubv1.RevokeTokenRequest) (*fastpubsubv1.RevokeTokenResponse, error) {
	return invoke(ctx, o, o.client.RevokeToken, request)
}

// List implements Service.
func (o *overConnect) List(ctx context.Context, request *fastpubsubv1.ListTokensRequest) (*fastpubsubv1.ListTokensResponse, error) {
	return invoke(ctx, o, o.client.ListTokens, request)
}

// Close implements Service.
func (o *overConnect) Close() { o.carrier.CloseIdleConnections() }

func invoke[Q, A any](ctx context.Context, o *overConnect, call func(context.Context, *connect.Request[Q]) (*connect.Response[A], error), request *Q) (*A, error) {
	response, err := call(ctx, connect.NewRequest(request))
	if err != nil {
		return nil, o.fault(ctx, err)
	}
	return response.Msg, nil
}

func (o *overConnect) fault(ctx context.Context, err error) *fault.Fault {
	var (
		refused *connect.Error
		wrong   *fault.Fault
	)
	if errors.As(err, &wrong) {
		return wrong
	}
	if !errors.As(err, &refused) {
		return faultOfCode(ctx, o.peer, err, connect.CodeUnknown)
	}
	for _, detail := range refused.Details() {
		value, valueErr := detail.Value()
		if info, ok := value.(*errdetails.ErrorInfo); ok && valueErr == nil && info.GetDomain() == domain {
			return grpc.FaultOfInfo(info, refused.Message())
		}
	}
	return faultOfCode(ctx, o.peer, o.handshake.Explain(refused.Unwrap()), refused.Code())
}
