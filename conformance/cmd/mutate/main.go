// Command mutate tries the conformance cases themselves: it builds the server and
// the SDKs' drivers with deliberate faults, one at a time, and runs the cases that
// must notice each.
//
//	go run ./conformance/cmd/mutate
//	go run ./conformance/cmd/mutate --run 'resubscribe|duplicate'
//
// It exits with 0 when every fault was caught, with 1 when one was not, or one of an
// SDK that --require names was left out, and with 2 when it was used wrongly or could
// not begin.
package main

import (
	"context"
	"fmt"
	"io"

	"github.com/fastpubsub/fastpubsub/conformance/internal/command"
	"github.com/fastpubsub/fastpubsub/conformance/internal/mutation"
)

func main() { command.Main("mutate", run) }

func run(ctx context.Context, args []string, out, progress io.Writer) (caught bool, err error) {
	o, err := parse(args)
	if err != nil {
		return false, err
	}
	if o.list {
		for _, m := range o.mutations {
			fmt.Fprintf(out, "%s: %s\n", m.Program, m.Name)
		}
		return true, nil
	}
	outcomes, err := o.tryAll(ctx, out, progress)
	if err != nil {
		return false, err
	}
	if err := o.write(outcomes); err != nil {
		return false, err
	}
	fmt.Fprintln(out, mutation.Summary(outcomes))
	return mutation.Passed(outcomes), nil
}
