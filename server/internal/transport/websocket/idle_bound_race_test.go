//go:build race

package websocket

// mostIdleBytes is for the race detector, which makes everything larger.
const mostIdleBytes = 14 << 10
