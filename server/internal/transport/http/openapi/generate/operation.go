package main

import (
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/route"
)

const (
	tagTokens         = "tokens"
	tagAdministration = "administration"
	tagOperations     = "operations"
)

// operation describes a route.
func operation(s *schemas, r route.Route) *openapi3.Operation {
	o := &openapi3.Operation{
		OperationID: string(r.ID),
		Summary:     r.Summary,
		Description: r.Description,
		Tags:        []string{tag(r)},
		Security:    security(r),
		Responses:   responses(s, r),
	}
	if r.RPC == nil {
		return o
	}
	method := s.contract.find(r.RPC.FullName()).(protoreflect.MethodDescriptor)
	o.Description = comment(method)
	switch r.Input {
	case route.Body, route.OptionalBody:
		o.RequestBody = &openapi3.RequestBodyRef{Value: body(s, r, method.Input())}
	case route.Query:
		o.Parameters = parameters(s, method.Input())
	case route.NoInput:
	}
	return o
}

func tag(r route.Route) string {
	switch {
	case r.RPC == nil:
		return tagOperations
	case r.RPC.Parent().Name() == "TokenService":
		return tagTokens
	default:
		return tagAdministration
	}
}

func security(r route.Route) *openapi3.SecurityRequirements {
	none := openapi3.NewSecurityRequirements()
	switch {
	case r.Master():
		return none.With(openapi3.NewSecurityRequirement().Authenticate(masterToken))
	case r.ID == route.WebSocket:
		return none.With(openapi3.NewSecurityRequirement().Authenticate(accessToken))
	default:
		return none
	}
}

// body describes a request's body.
func body(s *schemas, r route.Route, input protoreflect.MessageDescriptor) *openapi3.RequestBody {
	media := openapi3.NewMediaType().WithSchemaRef(s.message(input.FullName()))
	if r.ID == route.CreateToken {
		media = media.WithSchemaRef(s.flatOrNot(input))
	}
	media.Examples = examplesOf(r.ID)
	return openapi3.NewRequestBody().WithRequired(r.Input == route.Body).
		WithDescription(comment(input)).WithContent(openapi3.Content{"application/json": media})
}

// flatOrNot is the message, whose member "right" may also stand flat at the top
// level.
func (s *schemas) flatOrNot(input protoreflect.MessageDescriptor) *openapi3.SchemaRef {
	flat := s.object(input)
	flat.Description = "The same with the members of right at the top level."
	right := input.Fields().ByName("right")
	delete(flat.Properties, string(right.Name()))
	for i := range right.Message().Fields().Len() {
		f := right.Message().Fields().Get(i)
		flat.Properties[string(f.Name())] = s.field(f)
	}
	key := "Flat" + string(input.Name())
	s.all[key] = flat.NewRef()
	either := openapi3.NewAnyOfSchema()
	either.AnyOf = openapi3.SchemaRefs{s.message(input.FullName()), openapi3.NewSchemaRef(componentPrefix+key, nil)}
	return either.NewRef()
}

// parameters describes a request that stands in the query.
func parameters(s *schemas, input protoreflect.MessageDescriptor) openapi3.Parameters {
	var list openapi3.Parameters
	for i := range input.Fields().Len() {
		f := input.Fields().Get(i)
		p := openapi3.NewQueryParameter(string(f.Name())).WithDescription(comment(f))
		p.Schema = s.single(f)
		list = append(list, &openapi3.ParameterRef{Value: p})
	}
	return list
}

// responses describes a route's answers.
func responses(s *schemas, r route.Route) *openapi3.Responses {
	all := openapi3.NewResponses()
	all.Delete("default")
	all.Set(code(r.Status), &openapi3.ResponseRef{Value: success(s, r)})
	reasons, status := r.Reasons, func(reason apierror.Reason) int { return apierror.TraitsOf(reason).HTTP }
	switch r.ID {
	case route.Readiness: // 503, whatever the reason
		status = func(apierror.Reason) int { return http.StatusServiceUnavailable }
	case route.Metrics, route.Discovery:
		all.Set(code(http.StatusNotFound), &openapi3.ResponseRef{Value: refusal(s.contract, http.StatusNotFound, invalid)})
	case route.WebSocket:
		all.Set(code(http.StatusUpgradeRequired), &openapi3.ResponseRef{Value: refusal(s.contract, http.StatusUpgradeRequired, invalid)})
	}
	if len(reasons) > 0 && r.ID != route.Readiness {
		reasons = append(reasons, apierror.Internal)
	}
	for status, response := range refusals(s.contract, reasons, status) {
		all.Set(code(status), &openapi3.ResponseRef{Value: response})
	}
	return all
}

var invalid = []apierror.Reason{apierror.RequestInvalid}
