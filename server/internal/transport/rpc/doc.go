// Package rpc is the services of the contract, free of the protocol that
// carries them: gRPC, Connect, gRPC-Web and the REST routes all call it.
//
// A protocol puts the Caller into the context, decodes the request, calls, and
// renders the error, which is always an *apierror.Error. Streams are read and
// written as encoded messages; see Stream and Message.
package rpc
