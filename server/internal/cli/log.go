package cli

import (
	"io"
	"log/slog"

	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// newLogger writes the log lines that serve asks for. w must bear concurrent
// writers.
func newLogger(w io.Writer, serve *config.Serve) *slog.Logger {
	options := &slog.HandlerOptions{Level: serve.LogLevel.Slog()}
	if serve.LogFormat == config.LogJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
