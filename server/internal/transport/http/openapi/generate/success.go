package main

import (
	"net/http"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/route"
)

func code(status int) string { return strconv.Itoa(status) }

// success describes the answer of a route that succeeds.
func success(s *schemas, r route.Route) *openapi3.Response {
	response := openapi3.NewResponse().WithDescription(http.StatusText(r.Status) + ".")
	if r.Produces == "" {
		return response
	}
	media := openapi3.NewMediaType()
	switch {
	case r.RPC != nil:
		output := s.contract.find(r.RPC.FullName()).(protoreflect.MethodDescriptor).Output()
		response = response.WithDescription(comment(output))
		media = media.WithSchemaRef(s.message(output.FullName()))
	default:
		media = media.WithSchemaRef(plain(r.ID))
	}
	if example, ok := answers[r.ID]; ok {
		media.Example = example
	}
	response.Content = openapi3.Content{r.Produces: media}
	return response
}

// plain is the schema of what a route without an RPC answers.
func plain(id route.ID) *openapi3.SchemaRef {
	switch id {
	case route.Ping:
		return openapi3.NewStringSchema().WithEnum("pong").NewRef()
	case route.Health, route.Readiness:
		return openapi3.NewObjectSchema().WithProperty("status", openapi3.NewStringSchema()).NewRef()
	case route.Discovery:
		return discovery().NewRef()
	case route.OpenAPI:
		return openapi3.NewObjectSchema().NewRef()
	default:
		return openapi3.NewStringSchema().NewRef()
	}
}

func discovery() *openapi3.Schema {
	edge := openapi3.NewObjectSchema()
	edge.Properties = openapi3.Schemas{"host": described(openapi3.NewStringSchema(), "\"host:port\".")}
	edges := openapi3.NewArraySchema()
	edges.Items = edge.NewRef()
	schema := openapi3.NewObjectSchema()
	schema.Properties = openapi3.Schemas{
		"source":     described(openapi3.NewStringSchema(), "Where the list comes from: \"static\" is the server's configuration."),
		"version":    described(openapi3.NewInt32Schema(), "Version of this form; 1."),
		"updated_at": described(openapi3.NewInt64Schema(), "When the server learnt the list, in seconds since the Unix epoch."),
		"edges":      described(edges, "The public hosts."),
	}
	return schema
}
