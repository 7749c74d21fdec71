// Package llps is the wire llps.v1 as bytes: it reads what clients send, text
// lines, binary publishes and JSON objects, into commands, and writes everything
// that a session says, as text and binary messages or as JSON.
//
// Everything written is of kind KindWire: whole WebSocket messages, their
// headers included, which all connections with the same matching patterns share.
package llps
