// Package route is the one table of the HTTP port's plain routes: the router is
// built from it, and so is the OpenAPI document. RPC paths are not in it; the
// contract names those.
package route

import (
	"net/http"

	"google.golang.org/protobuf/reflect/protoreflect"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// ID names a route. It is the operationId of the OpenAPI document.
type ID string

// The routes.
const (
	CreateToken  ID = "createToken"
	RefreshToken ID = "refreshToken"
	RevokeToken  ID = "revokeToken"
	ListTokens   ID = "listTokens"
	Drain        ID = "drain"
	Ping         ID = "ping"
	Health       ID = "health"
	Readiness    ID = "readiness"
	Metrics      ID = "metrics"
	Discovery    ID = "discovery"
	WebSocket    ID = "webSocket"
	OpenAPI      ID = "openAPI"
	SwaggerUI    ID = "swaggerUI"
)

// Input says where a route's request message is read from.
type Input uint8

// The inputs.
const (
	// NoInput: the route takes nothing.
	NoInput Input = iota
	// Body: a JSON object in the body.
	Body
	// OptionalBody: a JSON object, or an empty body.
	OptionalBody
	// Query: the query of the address.
	Query
)

// Route is one route.
type Route struct {
	ID           ID
	Method, Path string
	// RPC is the method of the contract that the route stands for, with its
	// messages and their comments; nil: a plain route.
	RPC protoreflect.MethodDescriptor
	// Input says where the request message is read from.
	Input Input
	// Summary is the route in a few words; Description says more. A route with an
	// RPC takes its description from the contract.
	Summary, Description string
	// Produces is the media type of the answer; empty: the answer has no body.
	Produces string
	// Status is the status of success.
	Status int
	// Reasons are what the route refuses, beside those of every route (INTERNAL).
	Reasons []apierror.Reason
}

// Master says whether the route needs a master token.
func (r Route) Master() bool { return r.RPC != nil }

const (
	mediaJSON = "application/json"
	mediaText = "text/plain"
	mediaHTML = "text/html"
)

// Table lists the routes: methods on one path stand together.
func Table() []Route {
	return append(adminRoutes(), plainRoutes()...)
}

func method(service protoreflect.FileDescriptor, name protoreflect.Name) protoreflect.MethodDescriptor {
	return service.Services().Get(0).Methods().ByName(name)
}

func adminRoutes() []Route {
	tokens := fastpubsubv1.File_fastpubsub_v1_token_service_proto
	admin := fastpubsubv1.File_fastpubsub_v1_admin_service_proto
	return []Route{
		{
			ID: CreateToken, Method: http.MethodPost, Path: "/v1/get-token", RPC: method(tokens, "CreateToken"), Input: Body,
			Summary: "Create an access token", Produces: mediaJSON, Status: http.StatusOK,
			Reasons: withBody(apierror.TenantInvalid, apierror.RuleInvalid, apierror.TTLInvalid),
		},
		{
			ID: RefreshToken, Method: http.MethodPut, Path: "/v1/refresh-token", RPC: method(tokens, "RefreshToken"), Input: Body,
			Summary: "Change when a token expires", Produces: mediaJSON, Status: http.StatusOK,
			Reasons: withBody(apierror.TTLInvalid, apierror.TokenExpired, apierror.TokenNotFound),
		},
		{
			ID: RevokeToken, Method: http.MethodDelete, Path: "/v1/revoke-token", RPC: method(tokens, "RevokeToken"), Input: Body,
			Summary: "Revoke a token", Produces: mediaJSON, Status: http.StatusOK,
			Reasons: withBody(apierror.TokenNotFound),
		},
		{
			ID: ListTokens, Method: http.MethodGet, Path: "/v1/tokens", RPC: method(tokens, "ListTokens"), Input: Query,
			Summary: "List tokens", Produces: mediaJSON, Status: http.StatusOK,
			Reasons: []apierror.Reason{apierror.MasterTokenInvalid, apierror.RateLimited, apierror.RequestInvalid, apierror.StoreUnavailable},
		},
		{
			ID: Drain, Method: http.MethodPost, Path: "/v1/drain", RPC: method(admin, "Drain"), Input: OptionalBody,
			Summary: "Drain the server", Produces: mediaJSON, Status: http.StatusOK,
			Reasons: []apierror.Reason{apierror.MasterTokenInvalid, apierror.RateLimited, apierror.RequestInvalid, apierror.PayloadTooLarge},
		},
	}
}

// withBody is what every call of the token API with a body refuses, and more.
func withBody(more ...apierror.Reason) []apierror.Reason {
	return append([]apierror.Reason{
		apierror.MasterTokenInvalid, apierror.RateLimited, apierror.RequestInvalid, apierror.PayloadTooLarge, apierror.StoreUnavailable,
	}, more...)
}
