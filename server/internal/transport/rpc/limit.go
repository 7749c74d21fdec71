package rpc

// leastRequestLimit is the least that single calls may carry: a token with many
// grants is longer than what a session needs.
const leastRequestLimit = 1 << 20

// RequestLimit is the largest message of a single call, in bytes, given the
// largest of a session.
func RequestLimit(frameBytes int) int { return max(frameBytes, leastRequestLimit) }
