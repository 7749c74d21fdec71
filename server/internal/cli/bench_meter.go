package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/cli/bench"
)

// maxMetricsBytes is the most that is read of a page; a server's has some KiB.
const maxMetricsBytes = 16 << 20

// startTolerance is by how much two readings of when a process started may differ:
// it is counted from when the system started, which the kernel tells in seconds.
const startTolerance = 2 * time.Second

// benchMeter is the meter of a benchmark: the page of metrics of a server. Its
// errors are of type *metricsFault.
type benchMeter struct {
	url     string
	timeout time.Duration
	carrier *http.Transport
	started time.Time     // of the process; zero: none has been seen
	used    time.Duration // CPU time at the last reading
}

// newBenchMeter makes the meter for a page's URL; without a path it is /metrics.
// Close ends its connections.
func newBenchMeter(page string, c *connection) (*benchMeter, error) {
	address, err := url.Parse(page)
	if err != nil {
		return nil, &misuse{err}
	}
	if address.Path == "" || address.Path == "/" {
		address.Path = "/metrics"
	}
	security, err := c.tls.config()
	if err != nil {
		return nil, err
	}
	// Without HTTP/2, whose client hides why a server refuses a certificate.
	carrier := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: security}
	return &benchMeter{url: address.String(), timeout: c.timeout, carrier: carrier}, nil
}

func (m *benchMeter) Close() { m.carrier.CloseIdleConnections() }

// Read implements bench.Meter.
func (m *benchMeter) Read(ctx context.Context) (bench.Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()
	process, err := m.fetch(ctx)
	if err == nil {
		err = m.recognize(process)
	}
	if err != nil {
		return bench.Reading{}, &metricsFault{m.url, err}
	}
	return bench.Reading{CPU: process.cpu, Resident: process.resident}, nil
}

func (m *benchMeter) fetch(ctx context.Context) (*processMetrics, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "text/plain;version=0.0.4")
	client := &http.Client{
		Transport:     m.carrier,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %s", response.Status)
	}
	return readProcessMetrics(response.Header, http.MaxBytesReader(nil, response.Body, maxMetricsBytes))
}

// recognize refuses a process that is not the one of earlier readings, as far as that
// shows: it started at another time, or has used less CPU time.
func (m *benchMeter) recognize(process *processMetrics) error {
	if m.started.IsZero() {
		m.started = process.started
	}
	used := m.used
	m.used = process.cpu
	if process.started.Sub(m.started).Abs() > startTolerance || process.cpu < used {
		return errors.New("these are of another process than before: the server was restarted, or the address leads to several servers by turns")
	}
	return nil
}

// withoutURL is a client's error without the method and the URL before it.
func withoutURL(err error) error {
	var failure *url.Error
	if errors.As(err, &failure) {
		return failure.Err
	}
	return err
}
