// Command driver-go is the conformance driver of the Go SDK.
package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/fastpubsub/fastpubsub/conformance/internal/godriver"
)

func main() {
	out := os.Stdout
	os.Stdout = os.Stderr // a stray print must not get between the frames
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err := godriver.Serve(os.Stdin, out); err != nil {
		fmt.Fprintln(os.Stderr, "driver-go:", err)
		os.Exit(1)
	}
}
