package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/spf13/pflag"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/mutation"
)

// options are what is to be tried.
type options struct {
	output, built, require string
	parallel               int
	list                   bool
	mutations              []mutation.Mutation
	sdks                   []matrix.SDK
}

func parse(args []string) (*options, error) {
	o := &options{}
	var filter, drivers string
	flags := pflag.NewFlagSet("mutate", pflag.ContinueOnError)
	flags.StringVar(&filter, "run", "", "try only faults whose \"program: name\" matches this regular expression")
	flags.BoolVar(&o.list, "list", false, "list the faults and try none")
	flags.IntVar(&o.parallel, "parallel", 6, "how many faults of Go programs are tried at a time; most of it is waiting")
	flags.StringVar(&o.require, "require", os.Getenv("REQUIRE"), "SDKs that must not be left out, separated by spaces (default from REQUIRE)")
	flags.StringVar(&o.output, "output", "bin/mutate", "folder for the reports and for what is built with faults")
	flags.StringVar(&o.built, "drivers-built", "bin/conformance/build", "folder where the drivers without faults are built")
	flags.StringVar(&drivers, "drivers", "conformance/drivers.json", "file that lists the SDKs' drivers")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q; every setting is a flag, see --help", flags.Arg(0))
	case o.parallel < 1:
		return nil, fmt.Errorf("--parallel is %d; at least 1 is accepted", o.parallel)
	}
	if err := o.choose(filter); err != nil {
		return nil, err
	}
	return o, o.places(drivers)
}

func (o *options) choose(filter string) error {
	chosen, err := regexp.Compile(filter)
	if err != nil {
		return fmt.Errorf("--run: %w", err)
	}
	o.mutations = slices.DeleteFunc(mutation.All(), func(m mutation.Mutation) bool {
		return !chosen.MatchString(string(m.Program) + ": " + m.Name)
	})
	if len(o.mutations) == 0 {
		return fmt.Errorf("--run: no fault matches %q; --list lists them", filter)
	}
	return nil
}

// places finds the SDKs, and makes the folders absolute: builds run elsewhere.
func (o *options) places(drivers string) (err error) {
	if o.sdks, err = matrix.LoadSDKs(drivers); err != nil {
		return err
	}
	for _, folder := range []*string{&o.output, &o.built} {
		if *folder, err = filepath.Abs(*folder); err != nil {
			return err
		}
	}
	return os.MkdirAll(o.output, 0o755)
}
