// Package h2 serves HTTP/2 connections (RFC 9113) whose streams are long-lived and
// whose writes are large: what many streams say in small pieces goes out in few
// writes, and a connection on which nothing happens holds almost no memory.
//
// It does what gRPC needs of HTTP/2 and no more: requests have headers and a body,
// answers have one fixed header block, a body, and trailers. Frames and header
// blocks are read by golang.org/x/net/http2; what is sent is written here.
package h2
