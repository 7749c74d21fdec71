// Package cli is the command line of FastPubSub: one tree of commands, run by
// Main inside any process, so that tests need no other.
//
// Standard output carries data only; everything for people goes to standard
// error. The exit codes are 0 (done), 1 (failed), 2 (wrong use) and 130
// (interrupted). Each command has a table of settings (package config) from which
// its flags, variables, keys and part of the reference come.
package cli

//go:generate go run ./reference ../../../docs/src
