package grpc

import (
	"errors"
	"io"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/transport"
)

// domain is the domain of the ErrorInfo that carries the catalogue's reason.
const domain = "fastpubsub.v1"

// faultOf says why a stream ended.
func faultOf(err error) *fault.Fault {
	if errors.Is(err, io.EOF) {
		return fault.Wrap(err, fault.ConnectionLost, "the server closed the stream")
	}
	ended := status.Convert(err)
	if refusal := FaultOfDetails(ended); refusal != nil {
		return refusal
	}
	switch ended.Code() {
	case codes.Unauthenticated:
		return fault.Wrap(Plain(err), fault.TokenInvalid, "the server refused the token")
	case codes.ResourceExhausted:
		return fault.Wrap(Plain(err), fault.RateLimited, "the server refused the connection")
	case codes.Internal:
		return fault.Wrap(Plain(err), fault.Internal, "the server failed")
	case codes.Unimplemented, codes.PermissionDenied, codes.NotFound:
		return fault.Wrap(Plain(err), fault.Unreachable, "the server does not offer the session; is the address right?").Final()
	default:
		return fault.Wrap(Plain(err), fault.ConnectionLost, "the connection broke")
	}
}

// FaultOfDetails is the refusal that a status carries as ErrorInfo, or nil.
func FaultOfDetails(ended *status.Status) *fault.Fault {
	for _, detail := range ended.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetDomain() == domain {
			return FaultOfInfo(info, ended.Message())
		}
	}
	return nil
}

// FaultOfInfo is the refusal that an ErrorInfo of our domain stands for.
func FaultOfInfo(info *errdetails.ErrorInfo, text string) *fault.Fault {
	refusal := fault.New(fault.Reason(info.GetReason()), text)
	if !fault.Known(refusal.Reason) && info.GetMetadata()["retryable"] == "true" {
		refusal.Retry = fault.RetryYes
	}
	return refusal
}

// faultOfDial says why no stream came about over the channel.
func faultOfDial(peer transport.Peer, err error, channel *Credentials) *fault.Fault {
	if refusal := FaultOfDetails(status.Convert(err)); refusal != nil {
		return refusal
	}
	return transport.CannotConnect(peer, channel.Cause(err))
}
