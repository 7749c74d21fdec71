package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

const problemKey = "Problem"

// problem is the schema of error bodies.
func problem(c *contract) *openapi3.Schema {
	reasons := c.find("fastpubsub.v1.ErrorReason").(protoreflect.EnumDescriptor)
	reason := openapi3.NewStringSchema()
	lines := []string{comment(reasons), ""}
	for i := range reasons.Values().Len() {
		v := reasons.Values().Get(i)
		if v.Number() == 0 {
			continue
		}
		name := apierror.Name(apierror.Reason(v.Number()))
		reason.Enum = append(reason.Enum, name)
		lines = append(lines, fmt.Sprintf("* `%s`: %s", name, comment(v)))
	}
	reason.Description = strings.Join(lines, "\n")
	schema := openapi3.NewObjectSchema()
	schema.Description = "Why a request was refused: a problem document (RFC 9457) with the reason. Compare the reason, never the text."
	schema.Properties = openapi3.Schemas{
		"type":      described(openapi3.NewStringSchema(), "Always \"about:blank\"."),
		"title":     described(openapi3.NewStringSchema(), "The status as text."),
		"status":    described(openapi3.NewInt32Schema(), "The status."),
		"detail":    described(openapi3.NewStringSchema(), "What is wrong and what to do, for people."),
		"reason":    reason.NewRef(),
		"retryable": described(openapi3.NewBoolSchema(), "Whether the same may succeed later without a change of the request."),
	}
	schema.Required = []string{"type", "title", "status", "detail", "reason", "retryable"}
	return schema
}

func described(schema *openapi3.Schema, description string) *openapi3.SchemaRef {
	schema.Description = description
	return schema.NewRef()
}

// refusals are the answers of a route that refuses, by status.
func refusals(c *contract, reasons []apierror.Reason, status func(apierror.Reason) int) map[int]*openapi3.Response {
	byStatus := map[int][]apierror.Reason{}
	for _, reason := range reasons {
		byStatus[status(reason)] = append(byStatus[status(reason)], reason)
	}
	answers := map[int]*openapi3.Response{}
	for _, code := range slices.Sorted(maps.Keys(byStatus)) {
		answers[code] = refusal(c, code, byStatus[code])
	}
	return answers
}

// refusal is one answer that refuses, for any of the reasons.
func refusal(c *contract, code int, reasons []apierror.Reason) *openapi3.Response {
	values := c.find("fastpubsub.v1.ErrorReason").(protoreflect.EnumDescriptor).Values()
	var lines []string
	for _, reason := range reasons {
		lines = append(lines, fmt.Sprintf("* `%s`: %s", apierror.Name(reason), comment(values.ByNumber(protoreflect.EnumNumber(reason)))))
	}
	example := apierror.New(reasons[0], comment(values.ByNumber(protoreflect.EnumNumber(reasons[0])))).Problem()
	media := openapi3.NewMediaType().WithSchemaRef(openapi3.NewSchemaRef(componentPrefix+problemKey, nil))
	media.Example = map[string]any{
		"type": example.Type, "title": http.StatusText(code), "status": code,
		"detail": example.Detail, "reason": example.Reason, "retryable": example.Retryable,
	}
	response := openapi3.NewResponse().WithDescription(strings.Join(lines, "\n"))
	response.Content = openapi3.Content{apierror.ProblemContentType: media}
	return response
}
