package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/fastpubsub/fastpubsub/conformance/internal/mutation"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/interop"
	"github.com/fastpubsub/fastpubsub/conformance/suites"
)

// attempts are the outcomes as they come.
type attempts struct {
	laboratory *mutation.Laboratory
	mu         sync.Mutex
	out        io.Writer
	outcomes   []mutation.Outcome
}

// try tries the fault with a number.
func (a *attempts) try(ctx context.Context, number int, m mutation.Mutation) {
	outcome := a.laboratory.Try(ctx, m)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.outcomes[number] = outcome
	fmt.Fprintln(a.out, mutation.Line(&outcome))
}

// tryAll tries every fault. An error means that it could not begin.
func (o *options) tryAll(ctx context.Context, out, progress io.Writer) ([]mutation.Outcome, error) {
	laboratory := &mutation.Laboratory{
		Root: ".", Folder: o.output, SDKs: o.sdks, Drivers: o.built, Require: o.require,
		Cases: slices.Concat(suites.All(), interop.All()), Transports: []scenario.Transport{scenario.WebSocket, scenario.GRPC},
	}
	if err := laboratory.Prepare(ctx, o.mutations); err != nil {
		return nil, err
	}
	a := &attempts{laboratory: laboratory, out: out, outcomes: make([]mutation.Outcome, len(o.mutations))}
	o.tryTogether(ctx, a)
	o.tryAgain(ctx, a, progress)
	return a.outcomes, nil
}

// tryTogether tries some faults of Go programs at a time, and beside them those of
// each other SDK one after the other: they are built in one place.
func (o *options) tryTogether(ctx context.Context, a *attempts) {
	var goPrograms, sdks errgroup.Group
	goPrograms.SetLimit(o.parallel)
	inTurn := map[mutation.Program][]int{}
	for i, m := range o.mutations {
		if !m.Program.IsGo() {
			inTurn[m.Program] = append(inTurn[m.Program], i)
		}
	}
	for _, numbers := range inTurn {
		sdks.Go(func() error {
			for _, i := range numbers {
				a.try(ctx, i, o.mutations[i])
			}
			return nil
		})
	}
	for i, m := range o.mutations {
		if m.Program.IsGo() {
			goPrograms.Go(func() error {
				a.try(ctx, i, m)
				return nil
			})
		}
	}
	_ = goPrograms.Wait() // none fails
	_ = sdks.Wait()
}

// triesAlone is how often a mutation that was not caught beside others is tried by
// itself. Whether a fault shows can be a matter of chance, too: one that is caught
// with even odds survives all of them once in 16 times, one that is harmless always.
const triesAlone = 3

// tryAgain tries again, alone, what may have been a question of load.
func (o *options) tryAgain(ctx context.Context, a *attempts, progress io.Writer) {
	for i, m := range o.mutations {
		for range triesAlone {
			if ctx.Err() != nil || !a.outcomes[i].Doubtful() {
				break
			}
			fmt.Fprintf(progress, "once more, alone: %s: %s\n", m.Program, m.Name)
			a.try(ctx, i, m)
		}
	}
}

// write writes the reports.
func (o *options) write(outcomes []mutation.Outcome) error {
	for name, render := range map[string]func(io.Writer, []mutation.Outcome) error{
		"mutations.json": mutation.JSON, "mutations.md": mutation.Markdown, "mutations.txt": mutation.Text,
	} {
		var b bytes.Buffer
		if err := render(&b, outcomes); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(o.output, name), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
