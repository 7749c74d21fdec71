package fault

import (
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// FromFailure turns a refusal of the session protocol into a Fault. The
// catalogue decides whether to retry; for a reason that this client does not
// know the server's own word counts.
func FromFailure(failure *fastpubsubv1.Failure) *Fault {
	made := New(FromContract(failure.GetReason()), failure.GetMessage())
	if !Known(made.Reason) && failure.GetRetryable() {
		made.Retry = RetryYes
	}
	return made
}
