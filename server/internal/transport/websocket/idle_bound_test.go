//go:build !race

package websocket

// mostIdleBytes is what an idle connection was measured to hold, 4.3 KiB, of which 2
// are its stack, and room for the 2 more that the runtime may give a new stack, and
// for 1 more of whatever else.
const mostIdleBytes = 7 << 10
