package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/fastpubsub/fastpubsub/conformance/internal/matrix"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// The elements of JUnit XML, as continuous integration reads it.
type (
	testSuites struct {
		XMLName  xml.Name    `xml:"testsuites"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Suites   []testSuite `xml:"testsuite"`
	}
	testSuite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Time     string     `xml:"time,attr"`
		Cases    []testCase `xml:"testcase"`

		seconds float64
	}
	testCase struct {
		ClassName string   `xml:"classname,attr"`
		Name      string   `xml:"name,attr"`
		Time      string   `xml:"time,attr"`
		Failure   *problem `xml:"failure,omitempty"`
		Error     *problem `xml:"error,omitempty"`
		Skipped   *skipped `xml:"skipped,omitempty"`
	}
	problem struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",cdata"`
	}
	skipped struct {
		Message string `xml:"message,attr"`
	}
)

// JUnit writes JUnit XML: a test suite for each SDK and transport, and one for
// what is wrong with the run as a whole. DRIVER_FAULT is an error; what does not
// fail the run and has not passed is skipped.
func JUnit(w io.Writer, r *matrix.Run) error {
	all := testSuites{Name: r.Title, Time: seconds(r.Duration.Seconds())}
	suites := append([]testSuite{wholeRun(r)}, suitesOf(r)...)
	for _, suite := range suites {
		if suite.Tests == 0 {
			continue
		}
		suite.Time = seconds(suite.seconds)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Errors += suite.Errors
		all.Skipped += suite.Skipped
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func suitesOf(r *matrix.Run) (suites []testSuite) {
	for i := range r.Results {
		result := &r.Results[i]
		name := fmt.Sprintf("%s/%s/%s", r.Title, result.SDK, result.Transport)
		if len(suites) == 0 || suites[len(suites)-1].Name != name {
			suites = append(suites, testSuite{Name: name})
		}
		suite := &suites[len(suites)-1]
		suite.seconds += result.Duration.Seconds()
		c := testCase{ClassName: name, Name: result.Case, Time: seconds(result.Duration.Seconds())}
		suite.add(c, result.Verdict, result.Fails(), result.Message, result.Trace)
	}
	return suites
}

func wholeRun(r *matrix.Run) testSuite {
	suite := testSuite{Name: r.Title}
	for i := range r.Participants {
		p := &r.Participants[i]
		suite.add(testCase{ClassName: r.Title, Name: "driver of " + p.Name, Time: seconds(0)}, p.Verdict, p.Fails(), p.Problem, "")
	}
	for i, text := range r.Problems {
		c := testCase{ClassName: r.Title, Name: fmt.Sprintf("problem %d", i+1), Time: seconds(0)}
		suite.add(c, scenario.Failed, true, text, "")
	}
	return suite
}

func (s *testSuite) add(c testCase, verdict scenario.Verdict, fails bool, message, trace string) {
	s.Tests++
	message, trace = printable(message), printable(trace)
	switch {
	case verdict == scenario.DriverFault:
		s.Errors++
		c.Error = &problem{Type: string(verdict), Message: message, Text: trace}
	case fails:
		s.Failures++
		c.Failure = &problem{Type: string(verdict), Message: message, Text: trace}
	case verdict != scenario.Passed:
		s.Skipped++
		c.Skipped = &skipped{Message: string(verdict) + ": " + message}
	}
	s.Cases = append(s.Cases, c)
}

// printable replaces what XML 1.0 cannot hold.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return '?'
		}
		return r
	}, text)
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }
