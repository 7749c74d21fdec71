//go:build race

package socket

// forgotten is how many allocations of a call come from pools that forget, on average:
// with the race detector they forget every fourth of what they are given.
const forgotten = 2
