package fault

import (
	"context"
	"errors"
)

// FromContext is the fault of a caller whose context has ended: TIMED_OUT or
// CANCELED, with the context's error as the cause. text says what was given up.
func FromContext(ctx context.Context, text string) *Fault {
	reason := Canceled
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		reason = TimedOut
	}
	return Wrap(ctx.Err(), reason, text)
}
