//go:build !race

package grpc_test

// mostIdleBytes is a third more than an idle session was measured to hold, on a
// connection of its own.
const mostIdleBytes = 12 << 10
