package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// action is a command with settings.
type action struct {
	// use is the usage line without flags: "pub [flags] CHANNEL [PAYLOAD]".
	use, short, long, example string
	// table is bound to the options that run reads.
	table config.Table
	// arguments checks how many arguments there are; nil: there may be none.
	arguments func(args []string) error
	// load sets the options; nil: config.Load of the table.
	load func(config.Input) error
	// run does the work. Its context ends with the cause errInterrupted upon a
	// signal, unless signals is set: then run looks at Process.Signals itself.
	run     func(ctx context.Context, args []string) error
	signals bool
}

// command makes the cobra command of an action.
func (a *app) command(act action) *cobra.Command {
	c := &cobra.Command{Use: act.use, Short: act.short, Long: act.long, Example: act.example, DisableFlagsInUseLine: true}
	if c.Long == "" {
		c.Long = act.short + "."
	}
	a.tables[c] = act.table
	act.table.Register(c.Flags())
	c.Flags().SortFlags = false
	completeWords(c, act.table)
	c.Args = func(c *cobra.Command, args []string) error {
		a.path = c.CommandPath()
		return act.checkArguments(c.Name(), args)
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		a.reached = phaseLoading
		if err := act.loadFrom(config.Input{Flags: c.Flags(), Environ: a.Environ, Known: a.known()}); err != nil {
			return err
		}
		a.reached = phaseRunning
		if act.signals {
			return act.run(c.Context(), args)
		}
		return a.interruptible(c.Context(), func(ctx context.Context) error { return act.run(ctx, args) })
	}
	return c
}

func (act *action) checkArguments(name string, args []string) error {
	if act.arguments != nil {
		return act.arguments(args)
	}
	if len(args) > 0 {
		return errors.New(name + " takes no arguments")
	}
	return nil
}

func (act *action) loadFrom(in config.Input) error {
	if act.load != nil {
		return act.load(in)
	}
	return config.Load(act.table, in)
}

// interruptible runs run until it ends. A first signal ends its context; after a
// second one it is left to itself.
func (a *app) interruptible(ctx context.Context, run func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	for signals := 0; ; {
		select {
		case err := <-done:
			return err
		case <-a.Signals:
			if signals++; signals > 1 {
				return errInterrupted
			}
			cancel(errInterrupted)
		}
	}
}

// completeWords lets shells complete the values of flags that take some words.
func completeWords(c *cobra.Command, table config.Table) {
	for _, setting := range table {
		words := setting.Value.Words()
		complete := cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
		if setting.Value.Kind() == "path" {
			complete = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
		}
		_ = c.RegisterFlagCompletionFunc(setting.Name, complete) // the flag is there: Register made it
	}
}
