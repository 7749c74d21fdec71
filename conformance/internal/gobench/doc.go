// Package gobench measures the Go SDK with its public API, as an application would
// use it for speed. The measures are those of package sdkbench, which starts the
// same program in each language and compares what they say.
package gobench
