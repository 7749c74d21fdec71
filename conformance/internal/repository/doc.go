// Package repository checks rules of this source tree that no compiler and no
// linter knows: which package may import which, how long files and functions
// may be, what a package must say about itself, which rules of the published
// specification no test shows.
//
// Each check is a function from a file tree to its findings, so that it can be
// tried on a small tree made by hand. The package's tests run every check on
// the real tree.
package repository
