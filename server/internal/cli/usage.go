package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageColumns is the width of help, as wide as a common terminal.
const usageColumns = 100

// writeUsage writes the usage of a command, its flags under the headings of its
// table.
func (a *app) writeUsage(c *cobra.Command) error {
	var text strings.Builder
	text.WriteString("Usage:\n")
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&text, "  %s COMMAND\n", c.CommandPath())
		writeCommands(&text, c)
	} else {
		fmt.Fprintf(&text, "  %s\n", c.UseLine())
	}
	if c.Example != "" {
		fmt.Fprintf(&text, "\nExamples:\n%s\n", c.Example)
	}
	a.writeFlags(&text, c)
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&text, "\n\"%s COMMAND --help\" says more about a command.\n", c.CommandPath())
	}
	_, err := fmt.Fprint(c.OutOrStdout(), text.String())
	return err
}

func writeCommands(text *strings.Builder, c *cobra.Command) {
	text.WriteString("\nCommands:\n")
	for _, child := range c.Commands() {
		if child.IsAvailableCommand() {
			fmt.Fprintf(text, "  %-*s %s\n", child.NamePadding(), child.Name(), child.Short)
		}
	}
}

func (a *app) writeFlags(text *strings.Builder, c *cobra.Command) {
	table := a.tables[c]
	for _, group := range table.Groups() {
		flags := pflag.NewFlagSet(group, pflag.ContinueOnError)
		flags.SortFlags = false
		for _, setting := range table {
			if setting.Group == group {
				flags.AddFlag(c.Flags().Lookup(setting.Name))
			}
		}
		fmt.Fprintf(text, "\n%s:\n%s", group, flags.FlagUsagesWrapped(usageColumns))
	}
	if len(table) > 0 {
		text.WriteString("\nEvery flag has a variable FASTPUBSUB_<FLAG> and a key in the file that --config names.\n")
	}
}
