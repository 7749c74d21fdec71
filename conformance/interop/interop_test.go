package interop_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/godriver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/pair"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
	"github.com/fastpubsub/fastpubsub/conformance/interop"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

func startGo(_ io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
	return driver.StartInProcess(godriver.Serve, events)
}

// TestGoWithItself runs the cases with two drivers of the Go SDK, both in this
// process.
func TestGoWithItself(t *testing.T) {
	binary, err := testserver.Build(t.TempDir(), false)
	require.NoError(t, err)
	e, err := scenario.NewEnvironment(binary, nil, pair.Starter(startGo, startGo))
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	require.Equal(t, "go→go", e.Hello().GetSdk())
	for _, transport := range []scenario.Transport{scenario.WebSocket, scenario.GRPC} {
		for _, c := range interop.All() {
			t.Run(string(transport)+"/"+c.Name, func(t *testing.T) {
				outcome := e.Run(c, transport)
				require.Equal(t, scenario.Passed, outcome.Verdict, "%s\n%s", outcome.Message, outcome.Trace)
			})
		}
	}
}
