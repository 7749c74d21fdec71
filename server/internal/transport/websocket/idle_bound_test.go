//go:build !race

package websocket

// mostIdleBytes is a third more than an idle connection was measured to hold:
// 6 KiB, of which 2 are its stack.
const mostIdleBytes = 8 << 10
