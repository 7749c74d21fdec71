package route

import (
	"net/http"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// connectReasons are what refuses a WebSocket before the upgrade.
var connectReasons = []apierror.Reason{
	apierror.RequestInvalid,
	apierror.TokenMissing, apierror.TokenInvalid, apierror.TokenRevoked, apierror.TokenExpired,
	apierror.IPNotAllowed, apierror.RegionNotAllowed, apierror.OriginNotAllowed,
	apierror.TooManyConnections, apierror.RateLimited,
	apierror.Draining, apierror.Overloaded, apierror.BackplaneUnavailable, apierror.StoreUnavailable,
}

func plainRoutes() []Route {
	return []Route{
		{
			ID: Ping, Method: http.MethodGet, Path: "/ping", Summary: "Say pong",
			Description: "Answers with exactly \"pong\".", Produces: mediaText, Status: http.StatusOK,
		},
		{
			ID: Health, Method: http.MethodGet, Path: "/healthz", Summary: "Whether the process lives",
			Description: "Answers as long as the process serves requests at all.", Produces: mediaJSON, Status: http.StatusOK,
		},
		{
			ID: Readiness, Method: http.MethodGet, Path: "/readyz", Summary: "Whether the server takes clients",
			Description: "503 while the server starts, is drained, or is cut off from its token store or from the other nodes; the detail says which.",
			Produces:    mediaJSON, Status: http.StatusOK,
			Reasons: []apierror.Reason{apierror.Draining, apierror.Overloaded, apierror.BackplaneUnavailable, apierror.StoreUnavailable},
		},
		{
			ID: Metrics, Method: http.MethodGet, Path: "/metrics", Summary: "Metrics for Prometheus",
			Description: "404 when the server gives its metrics an address of their own.", Produces: mediaText, Status: http.StatusOK,
		},
		{
			ID: Discovery, Method: http.MethodGet, Path: "/", Summary: "The hosts that clients may connect to",
			Description: "404 unless the server was given its public hosts. With a WebSocket upgrade: the same as /ws.",
			Produces:    mediaJSON, Status: http.StatusOK,
		},
		{
			ID: WebSocket, Method: http.MethodGet, Path: "/ws", Summary: "Connect by WebSocket",
			Description: "Upgrades to the subprotocol fastpubsub.v1 or llps.v1. The access token goes in the header Authorization, " +
				"value \"Bearer AT_…\", or as the entry \"at.AT_…\" of Sec-WebSocket-Protocol. Without an upgrade: 426.",
			Status: http.StatusSwitchingProtocols, Reasons: connectReasons,
		},
		{
			ID: OpenAPI, Method: http.MethodGet, Path: "/api-docs/openapi.json", Summary: "This document",
			Description: "The OpenAPI document, generated from the contract.", Produces: mediaJSON, Status: http.StatusOK,
		},
		{
			ID: SwaggerUI, Method: http.MethodGet, Path: "/swagger-ui", Summary: "This document as a page",
			Description: "Shows the OpenAPI document. Loads nothing from outside this server.", Produces: mediaHTML, Status: http.StatusOK,
		},
	}
}
