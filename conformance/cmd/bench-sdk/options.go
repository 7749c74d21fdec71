package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/internal/sdkbench"
)

// options are what is measured, and how.
type options struct {
	sdks        []matrix.SDK
	transports  []scenario.Transport
	measures    []sdkbench.Measure
	runs        int
	timeout     time.Duration
	require     string
	binary      string
	output      string
	json        string
	markdown    string
	serverCPUs  string
	programCPUs string
}

// texts are flags as they were given.
type texts struct {
	sdks, transports, measures []string
	drivers                    string
	scale                      float64
}

func parse(args []string) (*options, error) {
	o, t := &options{}, &texts{}
	flags := flagSet(o, t)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q; every setting is a flag, see --help", flags.Arg(0))
	case o.runs < 1:
		return nil, fmt.Errorf("--runs is %d; at least 1 is accepted", o.runs)
	case t.scale <= 0 || t.scale > 1:
		return nil, fmt.Errorf("--scale is %v; more than 0 and at most 1 is accepted", t.scale)
	}
	known, err := matrix.LoadSDKs(t.drivers)
	if err != nil {
		return nil, err
	}
	if o.sdks, err = matrix.Choose(known, t.sdks); err != nil {
		return nil, err
	}
	if o.output, err = filepath.Abs(o.output); err != nil {
		return nil, err
	}
	if err := o.chooseTransports(t.transports); err != nil {
		return nil, err
	}
	return o, o.chooseMeasures(sdkbench.Measures(t.scale), t.measures)
}

func flagSet(o *options, t *texts) *pflag.FlagSet {
	flags := pflag.NewFlagSet("bench-sdk", pflag.ContinueOnError)
	flags.SetInterspersed(false)
	flags.StringSliceVar(&t.sdks, "sdk", nil, "SDKs to measure, by name (default all)")
	flags.StringSliceVar(&t.transports, "transport", []string{"websocket", "grpc"}, "transports to measure")
	flags.StringSliceVar(&t.measures, "measure", nil, "what to measure: receive, publish, latency, subscriptions, start (default all)")
	flags.IntVar(&o.runs, "runs", 3, "runs of each measure; the table has the medians")
	flags.Float64Var(&t.scale, "scale", 1, "part of the usual number of messages, for a quick look")
	flags.DurationVar(&o.timeout, "timeout", 3*time.Minute, "longest time of one run of a measuring program")
	flags.StringVar(&o.json, "json", "", "file for all figures, as JSON")
	flags.StringVar(&o.markdown, "markdown", "", "file for the table as the book shows it, with date, revision and machine")
	flags.StringVar(&o.serverCPUs, "server-cpus", firstOfSeveral(), "CPUs of the server, as taskset takes them; empty: all")
	flags.StringVar(&o.programCPUs, "program-cpus", "", "CPUs of the measuring programs; empty: all")
	flags.StringVar(&o.require, "require", os.Getenv("REQUIRE"), "SDKs that must not be left out, separated by spaces (default from REQUIRE)")
	flags.StringVar(&o.binary, "server", "", "server binary (default: built from this tree)")
	flags.StringVar(&o.output, "output", "bin/conformance", "folder for what is built")
	flags.StringVar(&t.drivers, "drivers", "conformance/drivers.json", "file that lists the SDKs' drivers")
	return flags
}

// firstOfSeveral is the CPU that the server gets by default: its own if there are
// several.
func firstOfSeveral() string {
	if runtime.GOOS != "linux" || runtime.NumCPU() == 1 {
		return ""
	}
	return "0"
}

func (o *options) chooseTransports(names []string) error {
	for _, name := range names {
		transport := scenario.Transport(name)
		if transport != scenario.WebSocket && transport != scenario.GRPC {
			return fmt.Errorf("--transport: there is no %q; there are websocket and grpc", name)
		}
		o.transports = append(o.transports, transport)
	}
	return nil
}

func (o *options) chooseMeasures(all []sdkbench.Measure, names []string) error {
	if len(names) == 0 {
		o.measures = all
		return nil
	}
	for _, name := range names {
		i := slices.IndexFunc(all, func(m sdkbench.Measure) bool { return m.Name == name })
		if i < 0 {
			var known []string
			for j := range all {
				known = append(known, all[j].Name)
			}
			return fmt.Errorf("--measure: there is no %q; there are %s", name, strings.Join(known, ", "))
		}
		o.measures = append(o.measures, all[i])
	}
	return nil
}
