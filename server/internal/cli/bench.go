package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/fastpubsub/fastpubsub/server/internal/cli/bench"
	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// Bounds of a benchmark: beyond them this machine is measured, not the server.
const (
	maxBenchClients = 100_000
	maxBenchWindow  = 1 << 20 // messages
	benchPatience   = 10 * time.Second
)

// benchmark is what bench is told.
type benchmark struct {
	connection *connection
	plan       bench.Plan
	metrics    string // URL; empty: the server is not metered
	asJSON     bool
	table      config.Table
}

func (a *app) newBench() *cobra.Command {
	b := &benchmark{connection: newConnection(), plan: bench.Plan{
		Publishers: 1, Subscribers: 1, Channels: 1, Size: 128, Count: 100_000, Window: 10_000,
		Patience: benchPatience, Prefix: "bench",
	}}
	b.table = append(b.rows(), jsonRow(&b.asJSON, "print one JSON object; times are in nanoseconds"))
	b.table = append(b.table, b.connection.rows()...)
	b.table = append(b.table, b.metricsRow())
	return a.command(action{
		use:   "bench [flags]",
		short: "Measure throughput and latency of a server",
		long: "Publishes numbered messages and receives them, each publisher and subscriber over a\n" +
			"connection of its own; measures throughput and latency, and checks that every message\n" +
			"arrives once and in order. Ends with code 1 if one does not. Publishers go as fast as\n" +
			"the slowest subscriber, or at --rate. With --metrics-url it also says what CPU time and\n" +
			"memory the server has used.",
		example: "  fastpubsub bench --subscribers 100 --count 10000\n" +
			"  fastpubsub bench --url grpc://127.0.0.1:9090 --publishers 4 --channels 10 --duration 30s --rate 5000 --json\n" +
			"  fastpubsub bench --subscribers 1000 --count 1000 --metrics-url http://127.0.0.1:8080/metrics",
		table: b.table,
		run:   func(ctx context.Context, _ []string) error { return a.bench(ctx, b) },
	})
}

func (b *benchmark) rows() config.Table {
	plan := &b.plan
	return config.Table{
		{
			Name: "publishers", Group: groupLoad, Value: config.Count(&plan.Publishers, 1, maxBenchClients, "connections", ""),
			Meaning: "clients that publish",
		},
		{
			Name: "subscribers", Group: groupLoad, Value: config.Count(&plan.Subscribers, 0, maxBenchClients, "connections", "measure publishing only"),
			Meaning: "clients that receive every message",
		},
		{
			Name: "channels", Group: groupLoad, Value: config.Count(&plan.Channels, 1, maxBenchClients, "channels", ""),
			Meaning: "channels that each publisher takes turns with",
		},
		{
			Name: "channel-prefix", Group: groupLoad, Value: config.Text(&plan.Prefix, "a channel"),
			Meaning: "what the channels' names begin with; the token must allow <prefix>.#",
		},
		{
			Name: "size", Group: groupLoad, Value: config.Size(&plan.Size, bench.StampBytes, maxPayloadBytes),
			Meaning: "size of a payload",
		},
		{
			Name: "count", Group: groupLoad, Value: config.Count(&plan.Count, 0, math.MaxInt32, "messages", "until duration is over"),
			Meaning: "messages to publish in all; none with duration, unless both are set",
		},
		{
			Name: "duration", Group: groupLoad, Value: config.Duration(&plan.Duration, time.Millisecond, maxTimeout, "until count is reached"),
			Meaning: "how long to publish",
		},
		{
			Name: "rate", Group: groupLoad, Value: config.Count(&plan.Rate, 0, 1_000_000_000, "messages a second", "as fast as possible"),
			Meaning: "messages to publish a second in all",
		},
		{
			Name: "ack", Group: groupLoad, Value: config.Switch(&plan.Ack),
			Meaning: "ask for acknowledgements and measure their latency",
		},
		{
			Name: "window", Group: groupLoad, Value: config.Count(&plan.Window, 1, maxBenchWindow, "messages", ""),
			Meaning: "how far publishers may be ahead of the slowest subscriber",
		},
	}
}

func (b *benchmark) metricsRow() *config.Setting {
	return &config.Setting{
		Name: "metrics-url", Group: groupConnection, Value: config.URL(&b.metrics, "http", "https"),
		Meaning: "the server's page of metrics (without a path: /metrics); bench reads there what CPU time and memory the server uses",
	}
}

// complete checks what needs more than one setting.
func (b *benchmark) complete() error {
	if b.plan.Duration > 0 && b.table.Lookup("count").Origin.IsDefault() {
		b.plan.Count = 0
	}
	if b.plan.Count == 0 && b.plan.Duration == 0 {
		return &misuse{errors.New("give --count or --duration: the run would never end")}
	}
	if err := checkTenant(b.connection.tenant); err != nil {
		return err
	}
	return checkChannel(b.plan.Prefix)
}

func (a *app) bench(ctx context.Context, b *benchmark) error {
	if err := b.complete(); err != nil {
		return err
	}
	if err := b.connection.checkToken(); err != nil {
		return err
	}
	a.notice("publishers %d, subscribers %d, channels %d, payloads of %d bytes", b.plan.Publishers, b.plan.Subscribers, b.plan.Channels, b.plan.Size)
	result, err := b.measure(ctx, a)
	if err != nil {
		err = unlessInterrupted(ctx, err)
	}
	if result == nil {
		return err
	}
	return errors.Join(err, b.report(a, result))
}

// measure runs the plan, and meters the server if there is an address for that. A
// result beside an error lacks what the server used.
func (b *benchmark) measure(ctx context.Context, a *app) (*bench.Result, error) {
	dialer := benchDialer{a, b.connection}
	if b.metrics == "" {
		return bench.Run(ctx, b.plan, dialer, nil)
	}
	meter, err := newBenchMeter(b.metrics, b.connection)
	if err != nil {
		return nil, err
	}
	defer meter.Close()
	return bench.Run(ctx, b.plan, dialer, meter)
}

// report writes the result. That it shows faults of the server is an error.
func (b *benchmark) report(a *app, result *bench.Result) error {
	if err := b.write(a, result); err != nil {
		return err
	}
	if !result.OK() {
		return fmt.Errorf("not every message arrived, once and in order: %d lost, %d duplicates, %d out of order, %d refused",
			result.Lost, result.Duplicates, result.Disordered, result.Refused)
	}
	return nil
}

func (b *benchmark) write(a *app, result *bench.Result) error {
	if b.asJSON {
		return json.NewEncoder(a.stdout).Encode(result)
	}
	return result.WriteTable(a.stdout)
}
