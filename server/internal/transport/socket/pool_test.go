//go:build !race

package socket

// forgotten is how many allocations of a call come from pools that forget.
const forgotten = 0
