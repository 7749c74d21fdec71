package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sample has one goal met, one not, one not measured.
func sample() *Result {
	r := &Result{
		Date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Revision: "abc", Rounds: 3, Scale: 1,
		Machine:   Machine{CPU: "a processor", Cores: 2, Memory: 1024, System: "Linux 6", Go: "go1"},
		Versions:  map[string]string{natsTCP: "v2"},
		Titles:    map[string]string{"burst-1000": "Burst", "idle": "Idle"},
		Workloads: []string{"burst-1000", "idle"},
		Index:     map[string]float64{"MatchCached": 50, "MatchCached/allocs": 0},
	}
	for _, v := range []float64{0.3, 0.1, 0.2} {
		m := r.Of("burst-1000", llps)
		m.Runs = append(m.Runs, map[string]float64{cpu: v, rate: 1234567})
	}
	for _, v := range []float64{1.5, 0.5, 0.4} { // the ratio of the medians is another than the median of the ratios
		nats := r.Of("burst-1000", natsWebSocket)
		nats.Runs = append(nats.Runs, map[string]float64{cpu: v})
	}
	r.Of("burst-1000", natsTCP).NotRun = "not installed"
	r.Of("burst-1000", sessionGRPC).Errors = []string{"deliveries are wrong"}
	r.Of("idle", llps).Runs = []map[string]float64{{memory: 8}}
	return r
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
		ok     bool
	}{{nil, 0, false}, {[]float64{3}, 3, true}, {[]float64{3, 1, 2}, 2, true}, {[]float64{4, 1}, 2.5, true}} {
		got, ok := Median(test.values)
		assert.Equal(t, test.want, got)
		assert.Equal(t, test.ok, ok)
	}
}

func TestVerdicts(t *testing.T) {
	found := map[string]Verdict{}
	for _, v := range sample().Verdicts() {
		found[v.ID+" "+v.System+" "+number(v.Bound)] = v
	}
	burst := found["G1 llps.v1 0.12"]
	assert.InDelta(t, 0.2, burst.Compared, 1e-9, "the median of 0.2, 0.2 and 0.5")
	assert.InDelta(t, 0.5, burst.Reference, 1e-9)
	assert.Equal(t, "not met", burst.word())
	assert.Equal(t, "NOT_RUN", found["G2 session gRPC 0.6"].word(), "a failed run has no figures")
	assert.Equal(t, "met", found["G6 llps.v1 10"].word())
	assert.Equal(t, "not met", found["G6 llps.v1 6"].word())
	assert.Equal(t, "met", found["G9  100"].word())
	assert.NotContains(t, found, "G8 llps.v1 1.3", "its workload was not asked for")
}

func TestTable(t *testing.T) {
	var text strings.Builder
	require.NoError(t, sample().WriteTable(&text))
	for _, want := range []string{"1,234,567", "NOT_RUN: not installed", "FAILED in 1 of 1", "FAILED: burst-1000 on session gRPC: deliveries are wrong", "≤ 10 KiB"} {
		assert.Contains(t, text.String(), want)
	}
}

// The pages are what the file with the figures says, and the file survives.
func TestPages(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, sample().WritePages(folder))
	read, err := Read(filepath.Join(folder, dataFile))
	require.NoError(t, err)
	assert.Equal(t, sample(), read)
	pages, err := read.Pages()
	require.NoError(t, err)
	assert.Contains(t, pages[benchmarkPage], "| a processor, 2 cores, 1024 MiB |")
	assert.Contains(t, pages[benchmarkPage], "![Burst, 1 publisher to 1,000 listeners: CPU of the server](burst-1000-cpu.svg)")
	assert.Contains(t, pages["burst-1000-cpu.svg"], ">llps.v1<")
	assert.NotContains(t, pages, "paced-1000-p99.svg", "nothing to draw")
	assert.Contains(t, pages[capacityPage], "| `c_burst` | CPU of a delivery, many to a write | µs | 0.2 | – | – |")
	assert.Contains(t, pages[capacityPage], "| 1,000× | 10,000,000 | 1,000,000 | 100,000,000 | one |")
}

// The pages in the book were written from the figures beside them.
func TestThePagesOfTheBook(t *testing.T) {
	const folder = "../../../../docs/src/performance"
	result, err := Read(filepath.Join(folder, dataFile))
	require.NoError(t, err)
	pages, err := result.Pages()
	require.NoError(t, err)
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		assert.Equal(t, want, string(got), `%s is stale: run "make bench-page"`, name)
	}
}

func TestReadBenchmarks(t *testing.T) {
	got, err := ReadBenchmarks("goos: linux\n" +
		"BenchmarkMatchCached-2   \t 100 \t 50.5 ns/op \t 0 B/op \t 0 allocs/op\n" +
		"BenchmarkMatchCached-2   \t 100 \t 60.5 ns/op \t 0 B/op \t 2 allocs/op\nPASS\n")
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{"MatchCached": 55.5, "MatchCached/allocs": 1}, got)
	for _, wrong := range []string{"", "PASS\n", "BenchmarkA-2 1 x ns/op\n"} {
		_, err := ReadBenchmarks(wrong)
		assert.Error(t, err)
	}
}
