package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

func (a *app) newConfig() *cobra.Command {
	serve := config.DefaultServe()
	table := config.ServeTable(serve)
	var asJSON, check bool
	mine := append(slices.Clone(table),
		jsonRow(&asJSON, "print a JSON list of objects with name, value and source"),
		&config.Setting{
			Name: "check", Group: groupOutput, Value: config.Switch(&check),
			Meaning: "print nothing; end with code 2 if serve would not take the settings",
		},
	)
	return a.command(action{
		use:   "config [flags]",
		short: "Print the effective settings of serve, secrets redacted",
		long: "Prints what \"fastpubsub serve\" would run with, given the same flags, variables and file:\n" +
			"every setting, and where its value comes from. Secrets are redacted. The output is a file\n" +
			"for --config, once its secrets are filled in.",
		example: "  fastpubsub config\n  fastpubsub config --config /etc/fastpubsub.yaml --json\n" +
			"  fastpubsub config --config /etc/fastpubsub.yaml --check",
		table: mine,
		load: func(in config.Input) error {
			if err := a.loadServe(serve, mine, in); err != nil || !check {
				return err
			}
			return serve.Check(table)
		},
		run: func(context.Context, []string) error {
			switch {
			case check:
				return nil
			case asJSON:
				return config.WriteJSON(a.stdout, table)
			default:
				return config.WriteYAML(a.stdout, table)
			}
		},
	})
}

// loadServe is config.LoadServe with its warnings on standard error.
func (a *app) loadServe(serve *config.Serve, table config.Table, in config.Input) error {
	warnings, err := config.LoadServe(serve, table, in)
	for _, warning := range warnings {
		fmt.Fprintln(a.stderr, "fastpubsub: warning: "+warning)
	}
	return err
}
