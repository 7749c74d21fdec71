package mutation_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/conformance/internal/mutation"
	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

func outcomes() []mutation.Outcome {
	return []mutation.Outcome{
		{
			Mutation: mutation.Mutation{Name: "drops", Program: mutation.Server, File: "a.go", Cases: []string{"a/b", "a/c"}},
			Verdict:  mutation.Caught, Case: "a/c", Transport: scenario.GRPC, Message: "nothing came\nat all", Duration: time.Second, Building: time.Second / 2,
		},
		{
			Mutation: mutation.Mutation{Name: "leaks", Program: mutation.SDK, File: "b.go", Cases: []string{"d|e/f"}},
			Verdict:  mutation.Survived, Duration: 2 * time.Second,
		},
		{
			Mutation: mutation.Mutation{Name: "stops", Program: mutation.SDK, File: "c.go", Cases: []string{"g/h"}},
			Verdict:  mutation.NotTried, Message: "does not build\nline 2\n",
		},
	}
}

func TestPassed(t *testing.T) {
	all := outcomes()
	assert.True(t, mutation.Passed(all[:1]))
	assert.False(t, mutation.Passed(all[:2]))
	assert.False(t, mutation.Passed([]mutation.Outcome{all[0], all[2]}))
	assert.False(t, mutation.Passed(nil))
	assert.Equal(t, "3 mutations: 1 caught, 1 survived, 1 not tried", mutation.Summary(all))
	assert.Equal(t, "1 mutations: 1 caught, 0 survived", mutation.Summary(all[:1]))
}

// TestPassedWithoutAToolchain passes unless its SDK is required, and shows nothing by
// itself.
func TestPassedWithoutAToolchain(t *testing.T) {
	caught, left := outcomes()[0], mutation.Outcome{Mutation: mutation.Mutation{Name: "forgets"}, Verdict: mutation.NotRun, Message: "cargo is not installed"}
	both := []mutation.Outcome{caught, left}
	assert.True(t, mutation.Passed(both))
	assert.Equal(t, "2 mutations: 1 caught, 0 survived, 1 NOT_RUN", mutation.Summary(both))
	assert.False(t, mutation.Passed([]mutation.Outcome{left}))
	both[1].Required = true
	assert.False(t, mutation.Passed(both))
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, mutation.Text(&b, outcomes()[:1]))
	assert.Equal(t, mutation.Line(&outcomes()[0])+"\n1 mutations: 1 caught, 0 survived\n", b.String())
}

func TestLine(t *testing.T) {
	for i, want := range []string{
		"CAUGHT    server     drops (1.0 s, of which the build 0.5 s)\n          by a/c over grpc: nothing came",
		"SURVIVED  sdk-go     leaks (2.0 s, of which the build 0.0 s)\n          although it should fail: d|e/f",
		"NOT_TRIED sdk-go     stops\n          does not build\n          line 2",
	} {
		assert.Equal(t, want, mutation.Line(&outcomes()[i]))
	}
}

func TestReports(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, mutation.Markdown(&b, outcomes()))
	assert.Equal(t, `| program | fault | outcome | case |
|---|---|---|---|
| server | drops | CAUGHT | a/b; or a/c |
| sdk-go | leaks | SURVIVED | d\|e/f |
| sdk-go | stops | NOT_TRIED | g/h |
`, b.String())
	b.Reset()
	require.NoError(t, mutation.JSON(&b, outcomes()))
	var document struct {
		Passed    bool
		Mutations []struct{ Program, Fault, File, Verdict, Case, Transport string }
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &document))
	assert.False(t, document.Passed)
	assert.Len(t, document.Mutations, 3)
	assert.Equal(t, "grpc", document.Mutations[0].Transport)
	assert.Equal(t, "SURVIVED", document.Mutations[1].Verdict)
}
