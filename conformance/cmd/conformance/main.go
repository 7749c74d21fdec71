// Command conformance runs the conformance cases with the SDKs' drivers against
// a server, and reports what holds:
//
//	go run ./conformance/cmd/conformance
//	go run ./conformance/cmd/conformance --sdk go,rust --transport grpc --run '^delivery/'
//	go run ./conformance/cmd/conformance --interop
//	go run ./conformance/cmd/conformance --websocket-url wss://host/ws --http-url https://host --master-token …
//
// It exits with 0 when everything that had to hold does, with 1 when something
// does not, and with 2 when it was used wrongly or could not begin.
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
	exitPassed = iota
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
		return exitPassed
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return exitWrongUse
	}
	if o.list {
		list(os.Stdout, o.cases)
		return exitPassed
	}
	passed, err := o.conform(ctx, os.Stdout, os.Stderr)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return exitWrongUse
	case !passed:
		return exitFailed
	default:
		return exitPassed
	}
}
