package tokens

import (
	"context"

	"connectrpc.com/connect"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// domain is the domain of the ErrorInfo that carries the catalogue's reason.
const domain = "fastpubsub.v1"

// faultOfCode is for an answer without a reason: of a proxy, of something that is
// no FastPubSub server, or of the network. The codes of Connect are those of
// gRPC.
func faultOfCode(ctx context.Context, peer transport.Peer, err error, code connect.Code) *fault.Fault {
	if ctx.Err() != nil {
		return fault.FromContext(ctx, "the token service has not answered in time; whether the call took effect is unknown")
	}
	switch code {
	case connect.CodeUnauthenticated:
		return fault.Wrap(err, fault.MasterTokenInvalid, "the server refused the master token")
	case connect.CodeInvalidArgument:
		return fault.Wrap(err, fault.RequestInvalid, "the server refused the request")
	case connect.CodeResourceExhausted:
		return fault.Wrap(err, fault.RateLimited, "the server refused the request")
	case connect.CodeInternal:
		return fault.Wrap(err, fault.Internal, "the server failed")
	case connect.CodeUnimplemented, connect.CodeNotFound, connect.CodePermissionDenied:
		return fault.Wrap(err, fault.Unreachable, "there is no token service at "+peer.Host+"; is the address right?").Final()
	default:
		return transport.CannotConnect(peer, err)
	}
}
