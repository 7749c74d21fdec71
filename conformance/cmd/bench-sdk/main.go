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
	"io"

	"github.com/fastpubsub/fastpubsub/conformance/internal/command"
)

func main() { command.Main("bench-sdk", run) }

func run(ctx context.Context, args []string, out, progress io.Writer) (measured bool, err error) {
	o, err := parse(args)
	if err != nil {
		return false, err
	}
	return o.bench(ctx, out, progress)
}
