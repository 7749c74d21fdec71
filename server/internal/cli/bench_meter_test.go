package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server/internal/cli/bench"
)

// meterOf is a meter for a server of metrics.
func meterOf(t *testing.T, url string) *benchMeter {
	meter, err := newBenchMeter(url, &connection{timeout: time.Minute})
	require.NoError(t, err)
	t.Cleanup(meter.Close)
	return meter
}

// metricsPages is a server that answers each request with the next page.
func metricsPages(t *testing.T, pages ...string) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/metrics" {
			http.NotFound(w, r)
			return
		}
		w.Header()["Content-Type"] = prometheusText["Content-Type"]
		_, _ = io.WriteString(w, pages[0])
		pages = pages[1:]
	}))
	t.Cleanup(server.Close)
	return server
}

func TestBenchMeter(t *testing.T) {
	later := strings.NewReplacer("1.29", "1.3", "2.147483648e+10", "4096", "941532e+09", "941609e+09").Replace(somePage)
	server := metricsPages(t, somePage, later, somePage)
	meter := meterOf(t, server.URL)
	for _, want := range []bench.Reading{
		{CPU: 1290 * time.Millisecond, Resident: 20 << 30},
		{CPU: 1300 * time.Millisecond, Resident: 4096},
	} {
		got, err := meter.Read(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	_, err := meterOf(t, server.URL+"/metrics").Read(t.Context())
	assert.NoError(t, err, "with the path")
}

// A server that was restarted, and one of several behind an address, is not taken
// for the one before.
func TestBenchMeterOfAnotherProcess(t *testing.T) {
	for name, change := range map[string]*strings.Replacer{
		"started later": strings.NewReplacer("941532e+09", "9418e+09"),
		"has used less": strings.NewReplacer("1.29", "1.28"),
	} {
		meter := meterOf(t, metricsPages(t, somePage, change.Replace(somePage)).URL)
		_, err := meter.Read(t.Context())
		require.NoError(t, err)
		_, err = meter.Read(t.Context())
		assert.ErrorContains(t, err, "another process than before", name)
		assert.Equal(t, "--metrics-url must lead to one server, and it must run on during the load", hintFor(err))
	}
}

// What is refused says why, and what to do.
func TestBenchMeterThatIsRefused(t *testing.T) {
	tests := []struct {
		title  string
		answer http.HandlerFunc
		want   string
		hint   string
	}{
		{"no such page", http.NotFound, "the answer is 404 Not Found", metricsPlaceHint},
		{"login", answering(http.StatusUnauthorized, "text/plain", ""), "the answer is 401 Unauthorized", "lets everybody read its metrics"},
		{"forbidden", answering(http.StatusForbidden, "text/plain", ""), "the answer is 403 Forbidden", "lets everybody read its metrics"},
		{"elsewhere", http.RedirectHandler("/login", http.StatusFound).ServeHTTP, "the answer is 302 Found", metricsPlaceHint},
		{"TLS port", answering(http.StatusBadRequest, "text/plain", ""), "the answer is 400 Bad Request", "use https://"},
		{"web page", answering(http.StatusOK, "text/html", somePage), `its type is "text/html"`, metricsPlaceHint},
		{"another program", answering(http.StatusOK, "text/plain", "up 1\n"), "the page has no process_cpu_seconds_total", "is this the page of fastpubsub"},
		{"several servers", answering(http.StatusOK, "text/plain", somePage+"process_cpu_seconds_total{a=\"b\"} 1\n"), "not of one server", "must lead to one server"},
		{"endless", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			for line := []byte("up 1\n"); ; {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		}, "request body too large", metricsPlaceHint},
	}
	for _, test := range tests {
		t.Run(test.title, func(t *testing.T) {
			server := httptest.NewServer(test.answer)
			defer server.Close()
			_, err := meterOf(t, server.URL).Read(t.Context())
			require.ErrorContains(t, err, "cannot read the server's metrics at "+server.URL+"/metrics: ")
			assert.ErrorContains(t, err, test.want)
			assert.Contains(t, hintFor(err), test.hint)
		})
	}
}

func answering(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestBenchMeterWithoutAnswer(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	meter := meterOf(t, silent.URL)
	meter.timeout = 10 * time.Millisecond
	_, err := meter.Read(t.Context())
	assert.ErrorContains(t, err, "context deadline exceeded")
	assert.Contains(t, hintFor(err), "is the server running?")

	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	_, err = meterOf(t, gone.URL).Read(t.Context())
	assert.ErrorContains(t, err, "connection refused")
	assert.Contains(t, hintFor(err), "is the server running?")
}
