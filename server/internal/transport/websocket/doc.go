// Package websocket serves sessions on WebSockets: the subprotocols llps.v1 and
// fastpubsub.v1 (the packages llps and sessionframe are their bytes).
//
// The library github.com/coder/websocket does the handshake. Reading is this
// package's own: messages that have arrived whole are taken from the read buffer,
// many at once, and a connection that waits holds nothing. Everything that is written
// goes through the session's outbox, so that frames prepared once for many
// connections, and many of them, go in one write; only the Close frame, behind which
// nothing may come, is written past it.
//
// An idle connection costs one goroutine, which waits for the client, and next
// to no buffers: those are taken from pools when bytes have arrived, and given
// back when everything that arrived has been handled.
package websocket
