// Package command is what the commands of the suite have in common: a signal
// interrupts them, and their exit codes mean the same.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
)

// The exit codes.
const (
	// Passed: everything that had to hold does.
	Passed = iota
	// Failed: something does not.
	Failed
	// WrongUse: it was used wrongly or could not begin.
	WrongUse
)

// Command does what a command is for, and says whether everything that had to hold
// does. What came out goes to out, what is done meanwhile to progress. An error means
// that it was used wrongly or could not begin; pflag.ErrHelp, that it was only asked
// for help.
type Command func(ctx context.Context, args []string, out, progress io.Writer) (passed bool, err error)

// Main runs a command with the arguments of the process, which it ends. SIGINT and
// SIGTERM end the context.
func Main(name string, run Command) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := Run(ctx, name, run, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Run runs a command and gives its exit code. An error is told on progress.
func Run(ctx context.Context, name string, run Command, args []string, out, progress io.Writer) int {
	passed, err := run(ctx, args, out, progress)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return Passed
	case err != nil:
		fmt.Fprintf(progress, "%s: %v\n", name, err)
		return WrongUse
	case !passed:
		return Failed
	default:
		return Passed
	}
}
