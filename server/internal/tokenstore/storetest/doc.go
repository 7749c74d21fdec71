// Package storetest is the contract of token stores as tests: every store runs
// Run, and a store that outlives its process runs RunDurable, too.
package storetest
