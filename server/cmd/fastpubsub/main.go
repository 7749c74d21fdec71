// Command fastpubsub is the server and its tools; "fastpubsub help" lists them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/fastpubsub/fastpubsub/server/internal/cli"
)

func main() {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	os.Exit(cli.Main(context.Background(), cli.Process{
		Args: os.Args[1:], Environ: os.Environ(),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Signals: signals,
	}))
}
