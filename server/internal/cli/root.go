package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

func (a *app) newRoot() *cobra.Command {
	root := a.group("fastpubsub", "Publish and subscribe over WebSocket and gRPC",
		"FastPubSub brings small messages to everybody who listens, at once.\n\n"+
			"\"fastpubsub serve --dev\" starts a server to try it; it prints what to do next.")
	root.SetIn(a.Stdin)
	root.SetOut(a.stdout) // before the completion command, which keeps it
	root.SetErr(a.stderr)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(a.flagFault)
	root.SetUsageFunc(a.writeUsage)
	root.AddCommand(
		a.newServe(), a.newPub(), a.newSub(), a.newToken(), a.newBench(), a.newConfig(), a.newVersion(),
	)
	root.InitDefaultCompletionCmd(a.Args...)
	a.describeCompletion(root)
	root.SetHelpCommand(a.newHelp())
	return root
}

// newHelp is cobra's help, which says when there is no such command.
func (a *app) newHelp() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Say more about a command",
		RunE: func(help *cobra.Command, args []string) error {
			about, rest, err := help.Root().Find(args)
			if err != nil || len(rest) > 0 {
				a.path = about.CommandPath()
				return unknownCommand(about, args[len(args)-max(1, len(rest))])
			}
			return about.Help()
		},
	}
}

func (a *app) describeCompletion(root *cobra.Command) {
	completion, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	asGroup := a.group("completion", "", "")
	completion.Args, completion.RunE = asGroup.Args, asGroup.RunE
	completion.Short = "Print a script that completes commands in a shell"
	completion.Long = "Prints a script for a shell. With it, the Tab key completes commands, flags and their values:\n\n" +
		"  source <(fastpubsub completion bash)\n" +
		"  fastpubsub completion fish | source"
}

// group is a command that does nothing itself.
func (a *app) group(name, short, long string) *cobra.Command {
	group := &cobra.Command{Use: name, Short: short, Long: long}
	group.Args = func(c *cobra.Command, args []string) error {
		a.path = c.CommandPath()
		if len(args) > 0 {
			return unknownCommand(c, args[0])
		}
		return nil
	}
	group.RunE = func(c *cobra.Command, _ []string) error {
		a.path = c.CommandPath()
		return fmt.Errorf("a command is missing; there are %s", strings.Join(commandNames(c), ", "))
	}
	return group
}

func unknownCommand(c *cobra.Command, name string) error {
	text := fmt.Sprintf("unknown command %q of %s", name, c.CommandPath())
	if near := config.Nearest(name, commandNames(c)); near != "" {
		text += "; did you mean " + near + "?"
	}
	return errors.New(text)
}

func commandNames(c *cobra.Command) []string {
	var names []string
	for _, child := range c.Commands() {
		if child.IsAvailableCommand() {
			names = append(names, child.Name())
		}
	}
	return names
}
