// Package sessionframe is the session protocol fastpubsub.v1 as bytes: it reads
// SessionRequests into commands, and writes everything that a session says as
// SessionResponses. Both transports of the protocol use it, the gRPC stream and
// the WebSocket.
//
// What is read and written most, publishes, deliveries and acknowledgements, is
// taken apart and put together by hand; generated code does the rest.
package sessionframe
