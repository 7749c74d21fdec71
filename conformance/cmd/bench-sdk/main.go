// Command bench-sdk measures the SDKs side by side and prints one table:
//
//	go run ./conformance/cmd/bench-sdk
//	go run ./conformance/cmd/bench-sdk --sdk go,rust --measure receive --runs 1 --json figures.json
//
// It exits with 0 when everything that could be measured was, with 1 when a
// measurement failed, or an SDK that --require names was not run, and with 2 when it
// was used wrongly or could not begin. A goal that is not met fails nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
)

// The exit codes.
const (
	exitMeasured = iota
	exitFailed
	exitWrongUse
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	o, err := parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		return exitMeasured
	}
	measured := false
	if err == nil {
		measured, err = o.bench(ctx, os.Stdout, os.Stderr)
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench-sdk:", err)
		return exitWrongUse
	case !measured:
		return exitFailed
	default:
		return exitMeasured
	}
}
