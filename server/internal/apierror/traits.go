package apierror

import (
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Domain is the domain of google.rpc.ErrorInfo in gRPC and Connect errors.
const Domain = "fastpubsub.v1"

const namePrefix = "ERROR_REASON_"

// Traits is how a reason appears on each wire.
type Traits struct {
	// GRPC is the status code of gRPC, Connect and gRPC-Web.
	GRPC codes.Code
	// HTTP is the status of a REST answer or of a refused upgrade. A reason that
	// has none of its own on HTTP (FRAME_INVALID, SLOW_CONSUMER) has 500.
	HTTP int
	// Close is the WebSocket close code that ends a live connection; 0: it stays
	// open.
	Close int
	// CloseAtConnect is the WebSocket close code that refuses a connection right
	// after the upgrade; 0: never.
	CloseAtConnect int
	// Retry says whether trying again makes sense.
	Retry fastpubsubv1.Retry
}

var (
	names  = map[Reason]string{}
	traits = map[Reason]Traits{}
)

func init() {
	values := fastpubsubv1.ErrorReason(0).Descriptor().Values()
	for i := range values.Len() {
		value := values.Get(i)
		reason := Reason(value.Number())
		names[reason] = strings.TrimPrefix(string(value.Name()), namePrefix)
		traits[reason] = read(value.Options().(*descriptorpb.EnumValueOptions))
	}
}

func read(options *descriptorpb.EnumValueOptions) Traits {
	declared := proto.GetExtension(options, fastpubsubv1.E_Traits).(*fastpubsubv1.ErrorTraits)
	status := int(declared.GetHttpStatus())
	if status == 0 {
		status = http.StatusInternalServerError
	}
	return Traits{
		GRPC:           codes.Code(declared.GetGrpcCode()), //nolint:gosec // 0..16, from the contract
		HTTP:           status,
		Close:          int(declared.GetWebsocketClose()),
		CloseAtConnect: int(declared.GetWebsocketCloseAtConnect()),
		Retry:          declared.GetRetry(),
	}
}

// Name is the reason's text on every wire, "TOKEN_EXPIRED".
func Name(reason Reason) string { return names[reason] }

// TraitsOf is how the reason appears on each wire.
func TraitsOf(reason Reason) Traits { return traits[reason] }
