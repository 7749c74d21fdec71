package relay

import (
	"strings"

	"github.com/coder/websocket"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// traitsOf is what the catalogue says of a reason.
func traitsOf(reason fastpubsubv1.ErrorReason) *fastpubsubv1.ErrorTraits {
	options := reason.Descriptor().Values().ByNumber(reason.Number()).Options().(*descriptorpb.EnumValueOptions)
	return proto.GetExtension(options, fastpubsubv1.E_Traits).(*fastpubsubv1.ErrorTraits)
}

func nameOf(reason fastpubsubv1.ErrorReason) string {
	return strings.TrimPrefix(reason.String(), "ERROR_REASON_")
}

// statusOf is how a session over gRPC ends for a reason (SF-18).
func statusOf(reason fastpubsubv1.ErrorReason) error {
	ended, err := status.New(codes.Code(traitsOf(reason).GetGrpcCode()), endText).WithDetails( //nolint:gosec // a code of the catalogue
		&errdetails.ErrorInfo{Reason: nameOf(reason), Domain: "fastpubsub.v1"})
	if err != nil {
		return err
	}
	return ended.Err()
}

// closeOf is how a session over WebSocket ends for a reason (SF-18).
func closeOf(reason fastpubsubv1.ErrorReason) (websocket.StatusCode, string) {
	return websocket.StatusCode(traitsOf(reason).GetWebsocketClose()), nameOf(reason) + ": " + endText
}
