package cli

import (
	"context"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// app is one run of the command line.
type app struct {
	Process
	stdout, stderr io.Writer
	root           *cobra.Command
	// tables are the settings of each command.
	tables map[*cobra.Command]config.Table
	// path is the command in question, "fastpubsub token create".
	path string
	// reached is how far it got.
	reached phase
}

func newApp(p Process) *app {
	a := &app{Process: p, stdout: p.Stdout, stderr: &serialWriter{to: p.Stderr}, tables: map[*cobra.Command]config.Table{}}
	a.root = a.newRoot()
	a.path = a.root.Name()
	a.root.SetArgs(append([]string{}, p.Args...)) // not nil: cobra would take the real arguments
	return a
}

func (a *app) run(ctx context.Context) error { return a.root.ExecuteContext(ctx) }

// known are the names of the settings of all commands.
func (a *app) known() []string {
	var names []string
	for _, table := range a.tables {
		names = append(names, table.Names()...)
	}
	return names
}

// serialWriter lets several goroutines write whole lines to one stream.
type serialWriter struct {
	mutex sync.Mutex
	to    io.Writer
}

func (w *serialWriter) Write(line []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.to.Write(line)
}
