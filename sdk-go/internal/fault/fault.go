// Package fault is the one kind of error inside the SDK: a reason, whether
// trying again makes sense, a text for people and a cause. The public package
// turns a Fault into its own error type; nothing else crosses that border.
package fault

import (
	"errors"
	"fmt"
)

// Fault is a refusal or a failure. It is immutable; goroutines may share one.
type Fault struct {
	// Reason says why; callers compare it, never the text.
	Reason Reason
	// Retry says whether the same may succeed later.
	Retry Retry
	// Text says, for people, what is wrong and what to do. It holds no secret.
	Text string
	// Cause is what lies underneath; may be nil.
	Cause error
}

// New makes a fault whose Retry is the catalogue's.
func New(reason Reason, text string) *Fault {
	return &Fault{Reason: reason, Retry: RetryOf(reason), Text: text}
}

// Newf is New with a format.
func Newf(reason Reason, format string, args ...any) *Fault {
	return New(reason, fmt.Sprintf(format, args...))
}

// Wrap is New with a cause.
func Wrap(cause error, reason Reason, text string) *Fault {
	made := New(reason, text)
	made.Cause = cause
	return made
}

// Final is a copy of f that must not be tried again.
func (f *Fault) Final() *Fault {
	final := *f
	final.Retry = RetryNo
	return &final
}

// Error is "REASON: text", and the cause behind it if there is one.
func (f *Fault) Error() string {
	text := string(f.Reason) + ": " + f.Text
	if f.Cause != nil {
		text += ": " + f.Cause.Error()
	}
	return text
}

// Unwrap is the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Retryable says whether the same may succeed later.
func (f *Fault) Retryable() bool { return f.Retry != RetryNo }

// From finds the Fault in err's chain. Another error becomes CONNECTION_LOST
// with err as its cause, so that no raw error leaves the SDK; nil stays nil.
func From(err error) *Fault {
	if err == nil {
		return nil
	}
	var found *Fault
	if errors.As(err, &found) {
		return found
	}
	return Wrap(err, ConnectionLost, "the connection failed")
}
