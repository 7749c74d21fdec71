package cli

import (
	"context"
	"errors"
)

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1
	exitWrongUse    = 2
	exitInterrupted = 130 // 128 + SIGINT, as shells count it
)

// errInterrupted is the cause that ends a command upon a signal.
var errInterrupted = errors.New("interrupted")

// phase is how far a command got. What fails before it runs is wrong use.
type phase int

const (
	phaseParsing phase = iota // of arguments and flags
	phaseLoading              // of settings
	phaseRunning
)

// misuse is wrong use that only the running command could see.
type misuse struct{ cause error }

func (m *misuse) Error() string { return m.cause.Error() }
func (m *misuse) Unwrap() error { return m.cause }

// exitCode is the exit code for what a command returned in a phase.
func exitCode(err error, reached phase) int {
	var wrong *misuse
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case reached < phaseRunning || errors.As(err, &wrong):
		return exitWrongUse
	default:
		return exitFailed
	}
}

// interruption is the error of a command whose context has ended:
// errInterrupted, unless it ended for a cause of its own.
func interruption(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, context.Canceled) {
		return errInterrupted
	}
	return cause
}
