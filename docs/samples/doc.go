// Package samples holds the samples of the book as files, and the test that
// runs each of them against a real server.
package samples
