package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const passing = `{"Action":"start","Package":"m/a"}
{"Action":"run","Package":"m/a","Test":"TestX"}
{"Action":"output","Package":"m/a","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"output","Package":"m/a","Test":"TestX","Output":"--- PASS: TestX (0.00s)\n"}
{"Action":"pass","Package":"m/a","Test":"TestX"}
{"Action":"output","Package":"m/a","Output":"PASS\n"}
{"Action":"output","Package":"m/a","Output":"ok  \tm/a\t0.01s\n"}
{"Action":"pass","Package":"m/a"}
`

const failing = `{"Action":"output","Package":"m/b","Test":"TestY","Output":"    y_test.go:3: wrong\n"}
{"Action":"fail","Package":"m/b","Test":"TestY"}
{"Action":"output","Package":"m/b","Output":"FAIL\tm/b\t0.01s\n"}
{"Action":"fail","Package":"m/b"}
`

const dying = `{"Action":"output","Package":"m/c","Test":"TestZ","Output":"panic: no\n"}
{"Action":"output","Package":"m/c","Output":"FAIL\tm/c\t0.01s\n"}
{"Action":"fail","Package":"m/c"}
`

const unbuilt = `{"ImportPath":"m/d","Action":"build-output","Output":"d.go:1:1: syntax error\n"}
{"ImportPath":"m/d","Action":"build-fail"}
{"Action":"output","Package":"m/d","Output":"FAIL\tm/d [build failed]\n"}
{"Action":"fail","Package":"m/d","FailedBuild":"m/d"}
`

const skipping = `{"Action":"output","Package":"m/e","Test":"TestS","Output":"    s_test.go:3: not here\n"}
{"Action":"skip","Package":"m/e","Test":"TestS"}
{"Action":"skip","Package":"m/f"}
`

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		ok             bool
	}{
		{"passing", passing, "ok  \tm/a\t0.01s\n1 passed, 0 failed\n", true},
		{"failing", passing + failing, "ok  \tm/a\t0.01s\n    y_test.go:3: wrong\nFAIL\tm/b\t0.01s\n1 passed, 1 failed\n", false},
		{"dying", dying, "panic: no\nFAIL\tm/c\t0.01s\n0 passed, 1 failed\n", false},
		{"unbuilt", unbuilt + passing, "d.go:1:1: syntax error\nFAIL\tm/d [build failed]\nok  \tm/a\t0.01s\n1 passed, 1 failed\n", false},
		{"skipping", passing + skipping, "ok  \tm/a\t0.01s\n    s_test.go:3: not here\n1 passed, 0 failed, 1 skipped\n", true},
		{"other lines", "go: no such tool\n" + passing, "go: no such tool\nok  \tm/a\t0.01s\n1 passed, 0 failed\n", true},
		{"unended line", strings.TrimSuffix(passing, "\n"), "ok  \tm/a\t0.01s\n1 passed, 0 failed\n", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			file := filepath.Join(t.TempDir(), "summary.txt")
			ok, err := run(strings.NewReader(c.in), &out, file)
			require.NoError(t, err)
			assert.Equal(t, c.want, out.String())
			assert.Equal(t, c.ok, ok)
			written, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.True(t, strings.HasSuffix(c.want, string(written)))
		})
	}
}

func TestNoTestIsAFailure(t *testing.T) {
	var out strings.Builder
	ok, err := run(strings.NewReader(""), &out, "")
	assert.False(t, ok)
	assert.ErrorContains(t, err, "no test ran")
	assert.Equal(t, "0 passed, 0 failed\n", out.String())
}
