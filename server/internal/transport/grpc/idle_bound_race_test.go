//go:build race

package grpc_test

// mostIdleBytes is for the race detector, which makes everything larger.
const mostIdleBytes = 36 << 10
