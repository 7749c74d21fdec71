package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// flagFault tells what the flag parser refused, without what stands behind the
// flag: that may be a secret.
func (a *app) flagFault(c *cobra.Command, err error) error {
	a.path = c.CommandPath()
	var (
		unknown *pflag.NotExistError
		empty   *pflag.ValueRequiredError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return fmt.Errorf("unknown flag -%.1s; long flags start with two dashes", unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		return unknownFlag(c, unknown.GetSpecifiedName())
	case errors.As(err, &empty):
		return a.emptyFlag(c, empty.GetSpecifiedName())
	default:
		return errors.New("a flag is not written like --flag or --flag=value")
	}
}

func unknownFlag(c *cobra.Command, name string) error {
	var known []string
	c.Flags().VisitAll(func(flag *pflag.Flag) { known = append(known, flag.Name) })
	fault := &config.UnknownError{Kind: "flag", Name: "--" + name}
	if name == "version" && c.Parent() == nil {
		fault.Suggestion = "the command version"
		return fault
	}
	if near := config.Nearest(name, known); near != "" {
		fault.Suggestion = "--" + near
	}
	return fault
}

func (a *app) emptyFlag(c *cobra.Command, name string) error {
	setting := a.tables[c].Lookup(name)
	if setting == nil {
		return fmt.Errorf("flag --%s needs a value", name)
	}
	return fmt.Errorf("flag --%s needs a value; accepts %s", name, setting.Value.Accepts())
}
