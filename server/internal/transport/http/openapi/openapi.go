// Package openapi is the OpenAPI document of the HTTP port, generated from the
// contract, with its comments, and from the table of routes.
package openapi

import _ "embed"

//go:generate go run ./generate -contract ../../../../../proto -out openapi.json

// Document is the OpenAPI document (JSON).
//
//go:embed openapi.json
var Document []byte
