// Package report keeps what a benchmark has measured: it computes medians, holds
// them against the goals, and writes the table, the JSON file and the pages of
// the book with their plots.
package report
