// Command mutate tries the conformance cases themselves: it builds the server and
// the Go SDK's driver with deliberate faults, one at a time, and runs the cases
// that must notice each.
//
//	go run ./conformance/cmd/mutate
//	go run ./conformance/cmd/mutate --run 'resubscribe|duplicate'
//
// It exits with 0 when every fault was caught, with 1 when one was not, and with 2
// when it was used wrongly or could not begin.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"syscall"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/fastpubsub/fastpubsub/conformance/internal/mutation"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/interop"
	"github.com/fastpubsub/fastpubsub/conformance/suites"
)

// The exit codes.
const (
	exitCaught = iota
	exitSurvived
	exitWrongUse
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are what is to be tried.
type options struct {
	filter, output string
	parallel       int
	list           bool
	mutations      []mutation.Mutation
}

func parse(args []string) (*options, error) {
	o := &options{}
	flags := pflag.NewFlagSet("mutate", pflag.ContinueOnError)
	flags.StringVar(&o.filter, "run", "", "try only faults whose \"program: name\" matches this regular expression")
	flags.BoolVar(&o.list, "list", false, "list the faults and try none")
	flags.IntVar(&o.parallel, "parallel", 4, "how many faults are tried at a time; most of it is waiting")
	flags.StringVar(&o.output, "output", "bin/mutate", "folder for the reports and for what is built")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	chosen, err := regexp.Compile(o.filter)
	switch {
	case err != nil:
		return nil, fmt.Errorf("--run: %w", err)
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q; every setting is a flag, see --help", flags.Arg(0))
	case o.parallel < 1:
		return nil, fmt.Errorf("--parallel is %d; at least 1 is accepted", o.parallel)
	}
	o.mutations = slices.DeleteFunc(mutation.All(), func(m mutation.Mutation) bool {
		return !chosen.MatchString(string(m.Program) + ": " + m.Name)
	})
	if len(o.mutations) == 0 {
		return nil, fmt.Errorf("--run: no fault matches %q; --list lists them", o.filter)
	}
	if o.output, err = filepath.Abs(o.output); err != nil {
		return nil, err
	}
	return o, os.MkdirAll(o.output, 0o755)
}

func run(ctx context.Context, args []string, out, progress io.Writer) int {
	o, err := parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		return exitCaught
	}
	if err == nil && o.list {
		for _, m := range o.mutations {
			fmt.Fprintf(out, "%s: %s\n", m.Program, m.Name)
		}
		return exitCaught
	}
	var outcomes []mutation.Outcome
	if err == nil {
		outcomes, err = o.tryAll(ctx, out, progress)
	}
	if err == nil {
		err = o.write(outcomes)
	}
	if err != nil {
		fmt.Fprintln(progress, "mutate:", err)
		return exitWrongUse
	}
	fmt.Fprintln(out, mutation.Summary(outcomes))
	if !mutation.Passed(outcomes) {
		return exitSurvived
	}
	return exitCaught
}

// tryAll tries every fault. An error means that it could not begin: the cases
// fail without any fault, too.
func (o *options) tryAll(ctx context.Context, out, progress io.Writer) ([]mutation.Outcome, error) {
	laboratory := &mutation.Laboratory{
		Root: ".", Folder: o.output, Cases: slices.Concat(suites.All(), interop.All()), Transports: []scenario.Transport{scenario.WebSocket, scenario.GRPC},
	}
	if err := laboratory.Prepare(ctx); err != nil {
		return nil, err
	}
	fmt.Fprintln(progress, "running the cases without any fault")
	if failures := laboratory.Sound(ctx, o.mutations); len(failures) > 0 {
		var errs []error
		for _, text := range failures {
			errs = append(errs, errors.New(text))
		}
		return nil, fmt.Errorf("without any fault these do not pass:\n%w", errors.Join(errs...))
	}
	outcomes := make([]mutation.Outcome, len(o.mutations))
	var mu sync.Mutex
	var running errgroup.Group
	running.SetLimit(o.parallel)
	for i, m := range o.mutations {
		running.Go(func() error {
			outcome := laboratory.Try(ctx, m)
			mu.Lock()
			defer mu.Unlock()
			outcomes[i] = outcome
			fmt.Fprintln(out, mutation.Line(&outcome))
			return nil
		})
	}
	return outcomes, running.Wait()
}

// write writes mutations.json and mutations.md.
func (o *options) write(outcomes []mutation.Outcome) error {
	for name, render := range map[string]func(io.Writer, []mutation.Outcome) error{
		"mutations.json": mutation.JSON, "mutations.md": mutation.Markdown,
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
