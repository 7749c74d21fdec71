// Package http is the HTTP port: WebSocket upgrades, the REST routes, Connect
// and gRPC-Web, health, metrics, and the OpenAPI document with its page.
//
// Every error of a plain route is a problem document (RFC 9457) with a reason of
// the catalogue. What HTTP itself refuses (404, 405, 426) has the reason
// REQUEST_INVALID under its own status.
package http
