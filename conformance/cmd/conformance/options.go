package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/interop"
	"github.com/fastpubsub/fastpubsub/conformance/suites"
)

// options are what is to be run, and against what.
type options struct {
	list, interop, verbose bool
	// cases are those that were chosen.
	cases []scenario.Case
	// known are all SDKs; sdks are those that were chosen.
	known, sdks   []matrix.SDK
	transports    []scenario.Transport
	capabilities  matrix.Capabilities
	knownFailures matrix.KnownFailures
	require       string
	binary        string
	remote        *scenario.Remote // nil: servers are started
	output        string
	parallel      int
}

// texts are flags as they were given.
type texts struct {
	sdks, transports               []string
	filter                         string
	drivers, capabilities, known   string
	webSocket, grpc, http, secrets string
}

func parse(args []string) (*options, error) {
	o, t := &options{}, &texts{}
	flags := flagSet(o, t)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q; every setting is a flag, see --help", flags.Arg(0))
	}
	if o.parallel < 1 {
		return nil, fmt.Errorf("--parallel is %d; at least 1 is accepted", o.parallel)
	}
	output, err := filepath.Abs(o.output)
	if err != nil {
		return nil, err
	}
	o.output = output
	return o, errors.Join(o.readFiles(t), o.chooseCases(t.filter), o.chooseServer(t), o.chooseTransports(t.transports))
}

func flagSet(o *options, t *texts) *pflag.FlagSet {
	flags := pflag.NewFlagSet("conformance", pflag.ContinueOnError)
	flags.SetInterspersed(false)
	flags.StringSliceVar(&t.sdks, "sdk", nil, "SDKs to run, by name (default all)")
	flags.StringSliceVar(&t.transports, "transport", nil, "transports to run: websocket, grpc (default both)")
	flags.StringVar(&t.filter, "run", "", "run only cases whose name matches this regular expression")
	flags.BoolVar(&o.list, "list", false, "list the cases and run none")
	flags.BoolVar(&o.interop, "interop", false, "run every ordered pair of SDKs, one writing, the other listening")
	flags.BoolVar(&o.verbose, "verbose", false, "print every result as it comes, not only failures")
	flags.IntVar(&o.parallel, "parallel", 1, "how many SDKs, or pairs, run at a time")
	flags.StringVar(&o.require, "require", os.Getenv("REQUIRE"), "SDKs that must not be left out, separated by spaces: \"rust\" or \"sdk-rust\" (default from REQUIRE)")
	flags.StringVar(&o.binary, "server", "", "server binary (default: built from this tree)")
	flags.StringVar(&t.webSocket, "websocket-url", "", "run against a server that runs already: its WebSocket URL")
	flags.StringVar(&t.grpc, "grpc-url", "", "its gRPC URL")
	flags.StringVar(&t.http, "http-url", "", "its token API, http:// or https://")
	flags.StringVar(&t.secrets, "master-token", "", "a master token of it (default from FASTPUBSUB_MASTER_TOKEN)")
	flags.StringVar(&o.output, "output", "bin/conformance", "folder for reports and for what is built")
	flags.StringVar(&t.drivers, "drivers", "conformance/drivers.json", "file that lists the SDKs' drivers")
	flags.StringVar(&t.capabilities, "capabilities", "conformance/capabilities.json", "file of the pinned capabilities")
	flags.StringVar(&t.known, "known-failures", "conformance/known_failures.json", "file of the known failures")
	return flags
}

func (o *options) readFiles(t *texts) (err error) {
	if o.known, err = matrix.LoadSDKs(t.drivers); err != nil {
		return err
	}
	if o.sdks, err = matrix.Choose(o.known, t.sdks); err != nil {
		return err
	}
	if o.capabilities, err = matrix.LoadCapabilities(t.capabilities); err != nil {
		return err
	}
	o.knownFailures, err = matrix.LoadKnownFailures(t.known)
	return err
}

func (o *options) chooseCases(filter string) error {
	all := suites.All()
	if o.interop {
		all = interop.All()
	}
	chosen, err := regexp.Compile(filter)
	if err != nil {
		return fmt.Errorf("--run: %w", err)
	}
	o.cases = slices.DeleteFunc(all, func(c scenario.Case) bool { return !chosen.MatchString(c.Name) })
	if len(o.cases) == 0 {
		return fmt.Errorf("--run: no case matches %q; --list lists them", filter)
	}
	return nil
}

func (o *options) chooseServer(t *texts) error {
	if t.secrets == "" {
		t.secrets = os.Getenv("FASTPUBSUB_MASTER_TOKEN")
	}
	published := t.webSocket != "" || t.grpc != "" || t.http != ""
	switch {
	case !published:
		return nil
	case o.binary != "":
		return errors.New("--server starts servers and the URLs are of one that runs already: give one or the other")
	case t.http == "":
		return errors.New("--http-url is missing: the cases make tokens there")
	case t.secrets == "":
		return errors.New("--master-token is missing: the cases make tokens with it")
	case t.webSocket == "" && t.grpc == "":
		return errors.New("neither --websocket-url nor --grpc-url is given: one of them is needed")
	}
	o.remote = &scenario.Remote{WebSocketURL: t.webSocket, GRPCURL: t.grpc, HTTPURL: strings.TrimRight(t.http, "/"), MasterToken: t.secrets}
	return nil
}

// chooseTransports takes those that were named, or those that the server has.
func (o *options) chooseTransports(names []string) error {
	has := map[scenario.Transport]bool{
		scenario.WebSocket: o.remote == nil || o.remote.WebSocketURL != "",
		scenario.GRPC:      o.remote == nil || o.remote.GRPCURL != "",
	}
	for _, transport := range []scenario.Transport{scenario.WebSocket, scenario.GRPC} {
		if len(names) == 0 && has[transport] {
			o.transports = append(o.transports, transport)
		}
	}
	for _, name := range names {
		transport := scenario.Transport(name)
		if reachable, known := has[transport]; !known {
			return fmt.Errorf("--transport: there is no %q; there are websocket and grpc", name)
		} else if !reachable {
			return fmt.Errorf("--transport: no URL of the server is given for %s", name)
		}
		o.transports = append(o.transports, transport)
	}
	return nil
}

// list writes the cases with the rules that they show and what they need.
func list(w io.Writer, cases []scenario.Case) {
	for i := range cases {
		c := &cases[i]
		line := c.Name + " [" + strings.Join(c.Rules, " ") + "]"
		if len(c.Needs) > 0 {
			line += " needs " + strings.Join(c.Needs, ", ")
		}
		if c.OwnsServer {
			line += ", owns the server"
		}
		if c.OwnsCluster {
			line += ", and a cluster of them"
		}
		_, _ = fmt.Fprintln(w, line) // a terminal or a pipe that nobody reads
	}
}
