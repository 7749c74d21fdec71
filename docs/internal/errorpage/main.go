// Command errorpage writes the book's page of the error catalogue from the
// contract: how a reason appears on each wire from the enum's traits, what it
// means from the comments of error.proto.
package main

import (
	"fmt"
	"os"
)

//go:generate go run . ../../../proto/fastpubsub/v1/error.proto ../../src/reference/errors.md

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: errorpage ERROR.PROTO PAGE.MD")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "errorpage:", err)
		os.Exit(1)
	}
}

func write(contract, page string) error {
	source, err := os.ReadFile(contract)
	if err != nil {
		return err
	}
	text, err := render(meanings(source))
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(text), 0o644)
}
