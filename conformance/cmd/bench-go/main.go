// Command bench-go measures the Go SDK; bench-sdk starts it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"github.com/fastpubsub/fastpubsub/conformance/internal/gobench"
)

// The exit codes.
const (
	exitFailed   = 1
	exitWrongUse = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := gobench.Run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case errors.Is(err, gobench.ErrUsage):
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(exitWrongUse)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(exitFailed)
	}
}
