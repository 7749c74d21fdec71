// Command reference writes the pages of the book that are derived from the
// commands and their settings. Its argument is the book's source folder.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fastpubsub/fastpubsub/server/internal/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: reference FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	for _, page := range cli.ReferencePages() {
		var content bytes.Buffer
		if err := page.Write(&content); err != nil {
			return err
		}
		path := filepath.Join(folder, filepath.FromSlash(page.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content.Bytes(), 0o644); err != nil { //nolint:gosec // documentation
			return err
		}
	}
	return nil
}
