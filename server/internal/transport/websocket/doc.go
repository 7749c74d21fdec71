// Package websocket serves sessions on WebSockets: the subprotocols llps.v1 and
// fastpubsub.v1 (the packages llps and sessionframe are their bytes).
//
// The library github.com/coder/websocket does the handshake, reads, and answers
// control frames. Everything that is written goes through the session's outbox,
// so that frames prepared once for many connections, and many of them in one
// write, stand between the library's own; only the Close frame, behind which
// nothing may come, is written past it.
//
// An idle connection costs one goroutine, which waits for the client, and next
// to no buffers: those are taken from pools when bytes have arrived, and given
// back when everything that arrived has been handled.
package websocket
