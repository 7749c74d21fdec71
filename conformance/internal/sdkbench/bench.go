package sdkbench

import (
	"context"
	"fmt"
	"time"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
)

// Bench is what is measured.
type Bench struct {
	// Programs are the measuring programs.
	Programs []Program
	// URLs are the server's addresses by transport. HTTP is its HTTP port.
	URLs map[scenario.Transport]string
	HTTP string
	// Token allows everything in the tenant "~".
	Token string
	// Transports, in the order of the table, and Measures are what is run, Runs times.
	Transports []scenario.Transport
	Measures   []Measure
	Runs       int
	// Timeout bounds each run of a program.
	Timeout time.Duration
	// Progress is told of each run.
	Progress func(text string)

	// feed publishes what a measure receives; nil: Feed.
	feed func(ctx context.Context, channel string, messages int) error
}

// Row is one SDK over one transport.
type Row struct {
	SDK       string
	Transport scenario.Transport
	// Verdict is PASSED if every run ended well, FAILED if one did not; NOT_RUN if
	// there is no program.
	Verdict scenario.Verdict
	// Problems say what went wrong.
	Problems []string
	// Figures are the medians of all runs.
	Figures map[Figure]float64

	samples map[Figure][]float64
}

// Run measures everything, interleaved: what disturbs the machine for a while
// disturbs all SDKs alike.
func (b *Bench) Run(ctx context.Context) []Row {
	var rows []Row
	for i := range b.Programs {
		for _, transport := range b.Transports {
			rows = append(rows, Row{SDK: b.Programs[i].SDK, Transport: transport, Verdict: scenario.Passed, samples: map[Figure][]float64{}})
		}
	}
	for round := range b.Runs {
		for i := range b.Measures {
			for r := range rows {
				b.measure(ctx, &rows[r], &b.Programs[r/len(b.Transports)], &b.Measures[i], round)
			}
		}
	}
	for r := range rows {
		rows[r].conclude()
	}
	return rows
}

func (b *Bench) measure(ctx context.Context, row *Row, program *Program, m *Measure, round int) {
	if ctx.Err() != nil {
		row.fail(m, fmt.Errorf("the run was interrupted"))
		return
	}
	ctx, cancel := context.WithTimeoutCause(ctx, b.Timeout, fmt.Errorf("it took longer than %s", b.Timeout))
	defer cancel()
	channel := fmt.Sprintf("bench.%s.%s.%s.%d", row.SDK, row.Transport, m.Name, round)
	feed := func(ctx context.Context) error { return b.publish(ctx, channel, m.WarmUp+m.Messages) }
	began := time.Now()
	figures, err := program.run(ctx, m, b.URLs[row.Transport], channel, b.Token, feed)
	b.Progress(fmt.Sprintf("run %d: %s over %s: %s (%.1f s)", round+1, row.SDK, row.Transport, m.Name, time.Since(began).Seconds()))
	if err != nil {
		row.fail(m, err)
		b.Progress(row.Problems[len(row.Problems)-1])
		return
	}
	for figure, value := range figures {
		row.samples[figure] = append(row.samples[figure], value)
	}
}

func (b *Bench) publish(ctx context.Context, channel string, messages int) error {
	if b.feed != nil {
		return b.feed(ctx, channel, messages)
	}
	return Feed(ctx, b.HTTP, b.Token, channel, messages)
}

func (r *Row) fail(m *Measure, err error) {
	r.Verdict = scenario.Failed
	r.Problems = append(r.Problems, fmt.Sprintf("%s over %s: %s: %v", r.SDK, r.Transport, m.Name, err))
}

func (r *Row) conclude() {
	r.Figures = map[Figure]float64{}
	for figure, samples := range r.samples {
		r.Figures[figure] = median(samples)
	}
}

// NotRun is the rows of an SDK that has no program, or none here.
func NotRun(sdk string, transports []scenario.Transport, problem string) (rows []Row) {
	for _, transport := range transports {
		rows = append(rows, Row{SDK: sdk, Transport: transport, Verdict: scenario.NotRun, Problems: []string{sdk + ": " + problem}})
	}
	return rows
}
