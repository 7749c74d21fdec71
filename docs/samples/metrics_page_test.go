package samples

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	exposedMetric    = regexp.MustCompile(`(?m)^# TYPE (fastpubsub_[a-z_]+) `)
	documentedMetric = regexp.MustCompile("(?m)`(fastpubsub_[a-z_]+)")
)

// testMetricsPage compares the book's list of metrics with those of a server
// that has seen connections, messages and refusals (OP-4, OP-5).
func (s *devServer) testMetricsPage(t *testing.T) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.HTTP+"/metrics", nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { assert.NoError(t, response.Body.Close()) }()
	exposition, err := io.ReadAll(response.Body)
	require.NoError(t, err)

	page, err := os.ReadFile("../src/operating/metrics.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(page), "## What is measured")
	require.True(t, found)
	assert.Equal(t, names(exposedMetric, string(exposition)), names(documentedMetric, table))
}

func names(pattern *regexp.Regexp, text string) []string {
	var found []string
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	slices.Sort(found)
	return slices.Compact(found)
}
