package command_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"

	"github.com/fastpubsub/fastpubsub/conformance/internal/command"
)

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		passed bool
		err    error
		code   int
		told   string
	}{
		{true, nil, command.Passed, ""},
		{false, nil, command.Failed, ""},
		{false, pflag.ErrHelp, command.Passed, ""},
		{true, errors.New("no such flag"), command.WrongUse, "verify: no such flag\n"},
	} {
		var out, progress bytes.Buffer
		run := func(_ context.Context, args []string, out, _ io.Writer) (bool, error) {
			fmt.Fprint(out, args)
			return c.passed, c.err
		}
		assert.Equal(t, c.code, command.Run(t.Context(), "verify", run, []string{"all"}, &out, &progress))
		assert.Equal(t, c.told, progress.String())
		assert.Equal(t, "[all]", out.String())
	}
}
