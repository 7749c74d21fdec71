package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// Refusal is the error that a call is answered with; nil if there is none. What
// the client cannot see, the cause of a server's fault, goes to the log.
func Refusal(ctx context.Context, logger *slog.Logger, call string, err error) *apierror.Error {
	refusal := apierror.From(err)
	if refusal == nil {
		return nil
	}
	if cause := errors.Unwrap(refusal); cause != nil && ctx.Err() == nil {
		logger.ErrorContext(ctx, "a call failed", "call", call, "reason", apierror.Name(refusal.Reason()), "error", cause)
	}
	return refusal
}

// Recovered is the error of a call that panicked; fault is what recover gave.
// The log says more.
func Recovered(ctx context.Context, logger *slog.Logger, call string, fault any) *apierror.Error {
	logger.ErrorContext(ctx, "a call panicked", "call", call, "fault", fmt.Sprint(fault), "stack", string(debug.Stack()))
	return apierror.New(apierror.Internal, "the server failed; its log says more")
}
