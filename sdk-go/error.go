package fastpubsub

import (
	"errors"
	"fmt"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
)

// Error is what every failing call returns. It holds no secret.
type Error struct {
	// Reason says why; compare it, never the text. errors.Is(err, ReasonX) does.
	Reason Reason
	// Retryable says whether the same may succeed later. [ReasonTokenExpired] may
	// with a fresh token.
	Retryable bool
	// Message says, for people, what is wrong and what to do.
	Message string

	cause error
}

// Error is "fastpubsub: REASON: message", and the cause behind it if there is
// one.
func (e *Error) Error() string {
	text := fmt.Sprintf("fastpubsub: %s: %s", string(e.Reason), e.Message)
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap is the cause: another Error, an error of the network, or of the context
// that ended.
func (e *Error) Unwrap() error { return e.cause }

// Is makes errors.Is(err, ReasonX) work.
func (e *Error) Is(target error) bool {
	reason, ok := target.(Reason)
	return ok && reason == e.Reason
}

// publicError turns what the inside of the SDK fails with into an *Error. nil
// stays nil.
func publicError(err error) error {
	if err == nil {
		return nil
	}
	var found *fault.Fault
	if !errors.As(err, &found) {
		found = fault.From(err)
	}
	if found == nil { // a nil *fault.Fault in an error is no failure
		return nil
	}
	return &Error{Reason: Reason(found.Reason), Retryable: found.Retryable(), Message: found.Text, cause: publicCause(found.Cause)}
}

func publicCause(cause error) error {
	if found, ok := cause.(*fault.Fault); ok { //nolint:errorlint // only the cause itself is turned
		return publicError(found)
	}
	return cause
}

// LaggedError stands between the messages of a subscription where some were lost.
// It does not end the subscription.
type LaggedError struct {
	// Missed is how many messages were lost.
	Missed uint64
	// AtServer is false when this subscription's own buffer was full because the
	// application reads too slowly, and true when the server dropped messages
	// because the whole client does: then Missed counts messages of all its
	// subscriptions.
	AtServer bool
}

// Error says how many messages were lost, and where.
func (e *LaggedError) Error() string {
	if e.AtServer {
		return fmt.Sprintf("fastpubsub: the server dropped %d messages of this client, which reads too slowly", e.Missed)
	}
	return fmt.Sprintf("fastpubsub: lagged by %d messages: the subscription's buffer was full", e.Missed)
}
