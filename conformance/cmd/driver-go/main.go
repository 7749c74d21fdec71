// Command driver-go is the conformance driver of the Go SDK.
package main

import (
	"fmt"
	"os"

	"github.com/fastpubsub/fastpubsub/conformance/internal/godriver"
)

func main() {
	out := os.Stdout
	os.Stdout = os.Stderr // a stray print must not get between the frames
	if err := godriver.Serve(os.Stdin, out); err != nil {
		fmt.Fprintln(os.Stderr, "driver-go:", err)
		os.Exit(1)
	}
}
