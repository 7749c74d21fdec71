package testserver

import (
	"fmt"
	"strconv"
	"strings"
)

// Pinned is a command line bound to CPUs, as "taskset -c" takes them, and what the
// environment needs beside: a Go program runs as many threads of Go code as there
// are CPUs. With no CPUs the command is as it was.
func Pinned(cpus string, command []string) (pinned, environment []string) {
	if cpus == "" {
		return command, nil
	}
	return append([]string{"taskset", "-c", cpus}, command...), []string{fmt.Sprintf("GOMAXPROCS=%d", countCPUs(cpus))}
}

// countCPUs counts a list such as "0,2-3".
func countCPUs(list string) (count int) {
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, _ := strconv.Atoi(first)
		to, _ := strconv.Atoi(last)
		count += to - from + 1
	}
	return max(1, count)
}
