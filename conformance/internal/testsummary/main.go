// Command testsummary makes the events of "go test -json" readable: it prints
// the closing line of each package and the output of whatever failed, counts,
// and ends with one line "N passed, N failed".
//
//	go test -json ./... | testsummary -write summary.txt
//
// It exits with 1 when anything failed and when no test ran at all.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	write := flag.String("write", "", "file that the closing line is also written to")
	flag.Parse()
	ok, err := run(os.Stdin, os.Stdout, *write)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsummary:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// run reads events until the end, prints to out and tells whether tests ran and
// none failed.
func run(in io.Reader, out io.Writer, write string) (bool, error) {
	report := newReport(out)
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			report.line(line)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return false, err
		}
	}
	fmt.Fprintln(out, report.total)
	if write != "" {
		if err := os.WriteFile(write, []byte(report.total.String()+"\n"), 0o644); err != nil {
			return false, err
		}
	}
	if report.total.ran() == 0 {
		return false, fmt.Errorf("no test ran")
	}
	return report.total.failed == 0, nil
}
