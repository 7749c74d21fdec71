package main

import (
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/route"
)

const (
	masterToken = "masterToken"
	accessToken = "accessToken"
)

const introduction = `Publish and subscribe with the lowest delay that the machine allows.

These are the plain HTTP routes. Messages travel over WebSocket (/ws), over gRPC, and over Connect and gRPC-Web, whose
paths are ` + "`/fastpubsub.v1.PubSubService/…`, `/fastpubsub.v1.TokenService/…` and `/fastpubsub.v1.AdminService/…`" + ` on this port.

Unknown members of requests are ignored. Every error is a problem document (RFC 9457) whose member ` + "`reason`" + ` says what
is wrong; what HTTP itself refuses (404, 405, 426) has the reason REQUEST_INVALID.`

// newDocument describes every route of the table.
func newDocument(c *contract) *openapi3.T {
	s := &schemas{contract: c, all: openapi3.Schemas{problemKey: problem(c).NewRef()}}
	paths := openapi3.NewPaths()
	for _, r := range route.Table() {
		item := paths.Value(r.Path)
		if item == nil {
			item = &openapi3.PathItem{}
			paths.Set(r.Path, item)
		}
		item.SetOperation(r.Method, operation(s, r))
	}
	return &openapi3.T{
		OpenAPI: "3.0.3",
		Info:    &openapi3.Info{Title: "FastPubSub", Version: "v1", Description: introduction},
		Servers: openapi3.Servers{{URL: "/", Description: "This server."}},
		Paths:   paths,
		Tags: openapi3.Tags{
			{Name: tagTokens, Description: "Access tokens. Every call needs a master token."},
			{Name: tagAdministration, Description: "Steering the server. Every call needs a master token."},
			{Name: tagOperations, Description: "What a server says of itself, and where clients connect."},
		},
		Components: &openapi3.Components{Schemas: s.all, SecuritySchemes: securitySchemes()},
	}
}

func securitySchemes() openapi3.SecuritySchemes {
	bearer := func(description string) *openapi3.SecuritySchemeRef {
		scheme := openapi3.NewSecurityScheme().WithType("http").WithScheme("bearer")
		return &openapi3.SecuritySchemeRef{Value: scheme.WithDescription(description)}
	}
	return openapi3.SecuritySchemes{
		masterToken: bearer("A master token, from the server's configuration."),
		accessToken: bearer("An access token, AT_<id>_<secret>, from " + http.MethodPost + " /v1/get-token."),
	}
}
