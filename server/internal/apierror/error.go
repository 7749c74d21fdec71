// Package apierror is the error catalogue in Go: one error type that carries a
// reason of the contract, and how that reason appears on each wire.
//
// The catalogue itself stands in the contract (ErrorReason and its option
// "traits"); this package reads it from there and adds nothing to it.
package apierror

import (
	"errors"
	"fmt"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Reason is a reason of the catalogue. Every wire compares reasons, never texts.
type Reason = fastpubsubv1.ErrorReason

// The reasons of the catalogue, under their short names.
const (
	TokenMissing         = fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_MISSING
	TokenInvalid         = fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_INVALID
	TokenRevoked         = fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_REVOKED
	TokenExpired         = fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED
	IPNotAllowed         = fastpubsubv1.ErrorReason_ERROR_REASON_IP_NOT_ALLOWED
	RegionNotAllowed     = fastpubsubv1.ErrorReason_ERROR_REASON_REGION_NOT_ALLOWED
	OriginNotAllowed     = fastpubsubv1.ErrorReason_ERROR_REASON_ORIGIN_NOT_ALLOWED
	MasterTokenInvalid   = fastpubsubv1.ErrorReason_ERROR_REASON_MASTER_TOKEN_INVALID
	PublishDenied        = fastpubsubv1.ErrorReason_ERROR_REASON_PUBLISH_DENIED
	SubscribeDenied      = fastpubsubv1.ErrorReason_ERROR_REASON_SUBSCRIBE_DENIED
	TenantInvalid        = fastpubsubv1.ErrorReason_ERROR_REASON_TENANT_INVALID
	ChannelInvalid       = fastpubsubv1.ErrorReason_ERROR_REASON_CHANNEL_INVALID
	PatternInvalid       = fastpubsubv1.ErrorReason_ERROR_REASON_PATTERN_INVALID
	RuleInvalid          = fastpubsubv1.ErrorReason_ERROR_REASON_RULE_INVALID
	TTLInvalid           = fastpubsubv1.ErrorReason_ERROR_REASON_TTL_INVALID
	RequestInvalid       = fastpubsubv1.ErrorReason_ERROR_REASON_REQUEST_INVALID
	FrameInvalid         = fastpubsubv1.ErrorReason_ERROR_REASON_FRAME_INVALID
	PayloadTooLarge      = fastpubsubv1.ErrorReason_ERROR_REASON_PAYLOAD_TOO_LARGE
	TooManySubscriptions = fastpubsubv1.ErrorReason_ERROR_REASON_TOO_MANY_SUBSCRIPTIONS
	TooManyConnections   = fastpubsubv1.ErrorReason_ERROR_REASON_TOO_MANY_CONNECTIONS
	RateLimited          = fastpubsubv1.ErrorReason_ERROR_REASON_RATE_LIMITED
	SlowConsumer         = fastpubsubv1.ErrorReason_ERROR_REASON_SLOW_CONSUMER
	TokenNotFound        = fastpubsubv1.ErrorReason_ERROR_REASON_TOKEN_NOT_FOUND
	Draining             = fastpubsubv1.ErrorReason_ERROR_REASON_DRAINING
	Overloaded           = fastpubsubv1.ErrorReason_ERROR_REASON_OVERLOADED
	BackplaneUnavailable = fastpubsubv1.ErrorReason_ERROR_REASON_BACKPLANE_UNAVAILABLE
	StoreUnavailable     = fastpubsubv1.ErrorReason_ERROR_REASON_STORE_UNAVAILABLE
	Internal             = fastpubsubv1.ErrorReason_ERROR_REASON_INTERNAL
)

// Error is a refusal. It is immutable; several goroutines may share one.
type Error struct {
	reason  Reason
	message string
	cause   error
}

// New makes an error with a text for people that says what is wrong and what to
// do. The text must not carry a secret: it goes out on the wire.
func New(reason Reason, message string) *Error {
	return &Error{reason: reason, message: message}
}

// Newf is New with a format.
func Newf(reason Reason, format string, args ...any) *Error {
	return New(reason, fmt.Sprintf(format, args...))
}

// Wrap is New with a cause. The cause goes to the server's log, never to a
// client.
func Wrap(cause error, reason Reason, message string) *Error {
	return &Error{reason: reason, message: message, cause: cause}
}

// From finds the *Error in err's chain. Anything else is an INTERNAL error with
// err as its cause; nil stays nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal
	}
	return Wrap(err, Internal, "the server failed; its log says more")
}

// ReasonOf is the reason of From(err).
func ReasonOf(err error) Reason {
	if err == nil {
		return fastpubsubv1.ErrorReason_ERROR_REASON_UNSPECIFIED
	}
	return From(err).reason
}

// Reason is why something was refused.
func (e *Error) Reason() Reason { return e.reason }

// Message is the text for people. It holds no secret.
func (e *Error) Message() string { return e.message }

// Error is "REASON: message", and the cause behind it if there is one.
func (e *Error) Error() string {
	text := Name(e.reason) + ": " + e.message
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap is the cause, for the server's own use.
func (e *Error) Unwrap() error { return e.cause }

// Retryable says whether the same may succeed later without a change of the
// request (the catalogue's "later", "yes", and "with a fresh token").
func (e *Error) Retryable() bool { return TraitsOf(e.reason).Retry != fastpubsubv1.Retry_RETRY_NO }
