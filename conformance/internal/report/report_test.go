package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/report"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

var update = flag.Bool("update", false, "write the expected reports anew")

func result(sdk string, transport scenario.Transport, name string, verdict scenario.Verdict, message, trace string, rules ...string) matrix.Result {
	return matrix.Result{
		SDK: sdk, Transport: transport, Case: name, Rules: rules,
		Outcome: scenario.Outcome{Verdict: verdict, Message: message, Trace: trace, Duration: 250 * time.Millisecond},
	}
}

// mixed is a run in which everything happens that can.
func mixed() *matrix.Run {
	return &matrix.Run{
		Title: "conformance", Server: "a server of this tree", Duration: 1500 * time.Millisecond,
		Participants: []matrix.Participant{
			{Name: "go", Version: "v1", Runtime: "go1.26", Verdict: scenario.Passed, Required: true},
			{Name: "rust", Verdict: scenario.NotRun, Problem: "cargo is not installed", Required: true},
			{Name: "java", Verdict: scenario.NotRun, Problem: "mvn is not installed"},
			{Name: "csharp", Verdict: scenario.DriverFault, Problem: "no hello: EOF\nUnhandled exception"},
		},
		Results: []matrix.Result{
			result("go", scenario.WebSocket, "delivery/once", scenario.Passed, "", "", "DL-10", "DL-2"),
			result("go", scenario.WebSocket, "delivery/in order", scenario.Failed, "expected 1, got <2>\nsecond line",
				"    0.001 > publish\n    0.002 * message \x00 \xff & ]]> end\n", "DL-4"),
			result("go", scenario.WebSocket, "drain/a|b", scenario.NotRun, "the case must own the server", "", "DL-10"),
			result("go", scenario.WebSocket, "drain/c", scenario.NotRun, "the case must own the server", "", "DL-10"),
			result("go", scenario.GRPC, "delivery/once", scenario.KnownFailure, "nothing came (known: issue)", "    0.001 hidden", "DL-2"),
			result("go", scenario.GRPC, "delivery/in order", scenario.UnexpectedPass, "take the entry away", "", "DL-4"),
			result("csharp", scenario.GRPC, "delivery/once", scenario.Unsupported, "the driver lacks lag", "", "DL-2"),
			result("csharp", scenario.GRPC, "delivery/in order", scenario.DriverFault, "driver fault: ended", "    0.003 < nothing", "DL-4"),
		},
		Problems: []string{"go: the driver has dropped the capability \"lag\""},
	}
}

func good() *matrix.Run {
	return &matrix.Run{
		Title: "interop", Server: "ws://127.0.0.1:1/ws", Duration: time.Second,
		Participants: []matrix.Participant{{Name: "go→go", Version: "v1", Runtime: "go1.26", Verdict: scenario.Passed}},
		Results:      []matrix.Result{result("go→go", scenario.GRPC, "interop/unicode", scenario.Passed, "", "", "DL-7")},
	}
}

func TestReports(t *testing.T) {
	for name, run := range map[string]*matrix.Run{"mixed": mixed(), "good": good(), "empty": {Title: "conformance", Server: "nothing"}} {
		for extension, render := range map[string]func(io.Writer, *matrix.Run) error{
			"txt": report.Text, "json": report.JSON, "xml": report.JUnit, "md": report.Markdown,
		} {
			t.Run(name+"."+extension, func(t *testing.T) {
				var got bytes.Buffer
				require.NoError(t, render(&got, run))
				file := filepath.Join("testdata", name+"."+extension)
				if *update {
					require.NoError(t, os.WriteFile(file, got.Bytes(), 0o644))
				}
				want, err := os.ReadFile(file)
				require.NoError(t, err)
				assert.Equal(t, string(want), got.String())
			})
		}
	}
}

// TestPrograms reads what programs read.
func TestPrograms(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.JSON(&b, mixed()))
	var document struct {
		Passed  bool
		Counts  map[string]int
		Results []struct{ Case, Verdict, Trace string }
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &document))
	assert.False(t, document.Passed)
	assert.Equal(t, 1, document.Counts["FAILED"])
	assert.Len(t, document.Results, 8)

	b.Reset()
	require.NoError(t, report.JUnit(&b, mixed()))
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	require.NoError(t, xml.Unmarshal(b.Bytes(), &suites))
	assert.Equal(t, 13, suites.Tests)
	assert.Equal(t, 4, suites.Failures, "FAILED, UNEXPECTED_PASS, the required SDK, the problem")
	assert.Equal(t, 2, suites.Errors, "the driver that did not start, the one that ended")
	assert.Equal(t, 5, suites.Skipped)
}

func TestFiles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "deep", "reports")
	require.NoError(t, report.Files(folder, good()))
	for _, extension := range []string{".txt", ".json", ".xml", ".md"} {
		assert.FileExists(t, filepath.Join(folder, "interop"+extension))
	}
	assert.Error(t, report.Files(filepath.Join(folder, "interop.txt"), good()), "a file is no folder")
}

// TestLongTraces keeps the beginning and the end.
func TestLongTraces(t *testing.T) {
	var trace strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&trace, "line %d\n", i)
	}
	run := good()
	run.Results[0].Verdict, run.Results[0].Trace = scenario.Failed, trace.String()
	var b bytes.Buffer
	require.NoError(t, report.Text(&b, run))
	for _, line := range []string{"\nline 0\n", "\nline 99\n… 840 lines are left out here", "\nline 940\n", "\nline 999\n"} {
		assert.Contains(t, b.String(), line)
	}
	assert.NotContains(t, b.String(), "line 500\n")
	b.Reset()
	require.NoError(t, report.JSON(&b, run))
	assert.Contains(t, b.String(), "line 500")
}

func TestSummary(t *testing.T) {
	assert.Equal(t, "interop passed in 1.0 s: 1 PASSED", report.Summary(good()))
	assert.Equal(t, "conformance failed in 0.0 s: nothing was run", report.Summary(&matrix.Run{Title: "conformance"}))
}
