//go:build linux

// Command loadtest measures the server side by side with others.
//
// It starts each server as a process of its own, bound to a CPU, makes the clients
// of a workload on another CPU, and lets every listener check that it gets every
// message, once and in order: anything else fails the run. Rounds are interleaved,
// so that what disturbs the machine disturbs all systems. It prints a table with
// the goals and can keep the figures as JSON, from which "loadtest page" writes the
// pages of the book.
package main
