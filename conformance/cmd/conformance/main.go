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
	"io"

	"github.com/fastpubsub/fastpubsub/conformance/internal/command"
)

func main() { command.Main("conformance", run) }

func run(ctx context.Context, args []string, out, progress io.Writer) (passed bool, err error) {
	o, err := parse(args)
	if err != nil {
		return false, err
	}
	if o.list {
		list(out, o.cases)
		return true, nil
	}
	return o.conform(ctx, out, progress)
}
