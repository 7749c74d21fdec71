package main

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/fastpubsub/fastpubsub/server"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "clustertest:", err)
		os.Exit(1)
	}
}

func run(arguments []string, commands io.Reader, answers, log io.Writer) error {
	config := server.DefaultConfig()
	config.HTTPAddr, config.GRPCAddr, config.DataDir = "127.0.0.1:0", "127.0.0.1:0", ""
	config.Logger = slog.New(slog.NewTextHandler(log, nil))
	flags := flag.NewFlagSet("clustertest", flag.ContinueOnError)
	flags.SetOutput(log)
	flags.DurationVar(&config.DrainTimeout, "drain-timeout", config.DrainTimeout, "how long a draining server keeps clients that do not move")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	return newCluster(config, answers).obey(commands)
}
