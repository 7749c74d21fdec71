package fault

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Retry says whether the same may succeed when it is tried again.
type Retry int

// How the catalogue answers "retry?".
const (
	// RetryNo: never without a change on the client's side.
	RetryNo Retry = iota
	// RetryFreshToken: with a fresh access token.
	RetryFreshToken
	// RetryLater: after the client has given something back or slowed down.
	RetryLater
	// RetryYes: with back-off.
	RetryYes
)

const enumPrefix = "ERROR_REASON_"

// retries is the catalogue of the contract together with the client's own
// reasons.
var retries = map[Reason]Retry{
	Unreachable:       RetryYes,
	ConnectionLost:    RetryYes,
	BufferFull:        RetryLater,
	TimedOut:          RetryYes,
	Canceled:          RetryNo,
	Closed:            RetryNo,
	TokenSourceFailed: RetryYes,
}

func init() {
	values := fastpubsubv1.ErrorReason(0).Descriptor().Values()
	for i := range values.Len() {
		if value := values.Get(i); value.Number() != 0 {
			options := value.Options().(*descriptorpb.EnumValueOptions)
			traits := proto.GetExtension(options, fastpubsubv1.E_Traits).(*fastpubsubv1.ErrorTraits)
			retries[FromContract(fastpubsubv1.ErrorReason(value.Number()))] = retryFromContract(traits.GetRetry())
		}
	}
}

func retryFromContract(retry fastpubsubv1.Retry) Retry {
	switch retry {
	case fastpubsubv1.Retry_RETRY_FRESH_TOKEN:
		return RetryFreshToken
	case fastpubsubv1.Retry_RETRY_LATER:
		return RetryLater
	case fastpubsubv1.Retry_RETRY_YES:
		return RetryYes
	default:
		return RetryNo
	}
}

// RetryOf is what the catalogue says of a reason. A reason that this client does
// not know is not tried again.
func RetryOf(reason Reason) Retry { return retries[reason] }

// Known says whether the reason is in the catalogue or the client's own.
func Known(reason Reason) bool {
	_, known := retries[reason]
	return known
}

// FromContract is the text of a reason of the contract. A reason that only a
// newer server knows is shown by its number: "99".
func FromContract(reason fastpubsubv1.ErrorReason) Reason {
	return Reason(strings.TrimPrefix(reason.String(), enumPrefix))
}
