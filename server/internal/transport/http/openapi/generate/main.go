// Command generate writes the OpenAPI document: it compiles the contract with
// buf, reads its comments, and describes every route of the route table.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"os"

	"github.com/getkin/kin-openapi/openapi3"
)

func main() {
	log.SetFlags(0)
	contractDir := flag.String("contract", "proto", "directory of the contract")
	out := flag.String("out", "openapi.json", "file to write")
	flag.Parse()
	if err := generate(*contractDir, *out); err != nil {
		log.Fatal("openapi: ", err)
	}
}

func generate(contractDir, out string) error {
	c, err := compile(contractDir)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(newDocument(c), "", "  ")
	if err != nil {
		return err
	}
	if err := validate(text); err != nil {
		return err
	}
	return os.WriteFile(out, append(text, '\n'), 0o644) //nolint:gosec // a public document
}

// validate reads the document as its readers will, and checks it with its
// examples.
func validate(text []byte) error {
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return err
	}
	return document.Validate(context.Background(), openapi3.EnableExamplesValidation())
}
