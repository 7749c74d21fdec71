//go:build linux

package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/report"
	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/systems"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "loadtest:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) > 0 {
		switch arguments[0] {
		case systems.EchoCommand, systems.RelayCommand:
			return systems.ServeEcho(arguments[0])
		case "page":
			return writePages(arguments[1:])
		}
	}
	return measure(arguments)
}

// settings are what the command line says.
type settings struct {
	workloads, systems string
	rounds, scale      int
	budget             time.Duration
	json, cache        string
	server             string
	index              bool
}

func parse(arguments []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("loadtest", flag.ContinueOnError)
	flags.StringVar(&s.workloads, "workloads", "", "workloads to run, separated by commas; empty: all")
	flags.StringVar(&s.systems, "systems", "", "systems to measure, separated by commas; empty: all")
	flags.IntVar(&s.rounds, "rounds", 3, "how often each workload runs on each system, interleaved")
	flags.DurationVar(&s.budget, "budget", 32*time.Minute, "begin no round that would likely end later than this")
	flags.IntVar(&s.scale, "scale", 1, "what to divide the amount of work by, for a quick look")
	flags.StringVar(&s.json, "json", "", "file for the figures")
	flags.StringVar(&s.cache, "cache", "bin/loadtest", "folder for the programs that are built")
	flags.StringVar(&s.server, "server", "", "the fastpubsub program; empty: it is built")
	flags.BoolVar(&s.index, "index", true, "run the Go benchmarks of the subscription index, too")
	if err := flags.Parse(arguments); err != nil {
		return s, err
	}
	if flags.NArg() > 0 || s.rounds < 1 || s.scale < 1 {
		return s, errors.New("wrong use; -help lists the flags")
	}
	return s, nil
}

// chosen says whether a list that is not empty has a name.
func chosen(list, name string) bool {
	if list == "" {
		return true
	}
	for part := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(part) == name {
			return true
		}
	}
	return false
}

// writePages writes the pages of the book from a JSON file.
func writePages(arguments []string) error {
	flags := flag.NewFlagSet("loadtest page", flag.ContinueOnError)
	from := flags.String("json", "bin/benchmark.json", "file with the figures")
	into := flags.String("into", "docs/src/performance", "folder of the pages")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	result, err := report.Read(*from)
	if err != nil {
		return err
	}
	return result.WritePages(*into)
}
