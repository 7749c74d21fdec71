package suites_test

import (
	"io"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/godriver"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/internal/testserver"
	"github.com/fastpubsub/fastpubsub/conformance/suites"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// TestGo runs every case with the Go SDK, whose driver runs in this process, so
// that a debugger sees both sides.
func TestGo(t *testing.T) {
	folder := t.TempDir()
	binary, err := testserver.Build(folder, false)
	require.NoError(t, err)
	cluster, err := testserver.BuildCluster(folder, false)
	require.NoError(t, err)
	logger := slog.Default()
	defer slog.SetDefault(logger)
	e, err := scenario.NewEnvironment(binary, nil, func(diagnostics io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
		// What the SDK logs is the driver's standard error.
		slog.SetDefault(slog.New(slog.NewTextHandler(diagnostics, &slog.HandlerOptions{Level: slog.LevelDebug})))
		return driver.StartInProcess(godriver.Serve, events)
	})
	require.NoError(t, err)
	e.Cluster = cluster
	defer func() { require.NoError(t, e.Close()) }()
	for _, transport := range []scenario.Transport{scenario.WebSocket, scenario.GRPC} {
		for _, c := range suites.All() {
			t.Run(string(transport)+"/"+c.Name, func(t *testing.T) {
				outcome := e.Run(c, transport)
				require.Equal(t, scenario.Passed, outcome.Verdict, "%s\n%s", outcome.Message, outcome.Trace)
			})
		}
	}
}
