//go:build !race

package h2_test

// forgotten is how many allocations of a call come from pools that forget.
const forgotten = 0
