package cli

import (
	"context"
	"fmt"
	"io"
	"os"
)

// Process is what a process is started with. Beside it, this package looks at the
// real process only to tell others its id and how to start its program again.
type Process struct {
	// Args are the arguments, without the name of the program.
	Args []string
	// Environ is the environment, "NAME=value".
	Environ []string
	// Stdin, Stdout and Stderr are the standard streams. Each is written and read
	// by one goroutine at a time.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Signals brings SIGINT and SIGTERM; nil: there are none. With a buffer of
	// two, none that counts is lost.
	Signals <-chan os.Signal
}

// Main runs one command and returns its exit code. It returns once the command
// has ended, or upon a second signal.
func Main(ctx context.Context, p Process) int {
	app := newApp(p)
	err := app.run(ctx)
	code := exitCode(err, app.reached)
	if err != nil && code != exitInterrupted {
		app.complain(err)
	}
	return code
}

// complain writes what went wrong, and how to get help after a mistyped command.
func (a *app) complain(err error) {
	for _, line := range explain(err) {
		fmt.Fprintln(a.stderr, "fastpubsub: "+line)
	}
	if a.reached == phaseParsing {
		fmt.Fprintf(a.stderr, "Run \"%s --help\" to see what it takes.\n", a.path)
	}
}
