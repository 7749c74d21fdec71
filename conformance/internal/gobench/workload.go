package gobench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/pflag"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// headerBytes are the number of a message and the time at which it was sent.
const headerBytes = 16

// workload is what is asked for on the command line.
type workload struct {
	measure         string
	url             string
	tenant, channel string
	messages        int
	warmUp          int
	payloadBytes    int
	rate            int
	inFlight        int
	subscriptions   int

	token string
	out   io.Writer
}

// measures are what can be measured, by name.
var measures = map[string]func(context.Context, *workload) error{
	"receive":       receive,
	"publish":       publish,
	"latency":       latency,
	"subscriptions": subscriptions,
	"start":         start,
}

// ErrUsage is in the chain of what is wrong with a command line.
var ErrUsage = errors.New("wrong use")

// Run measures what the arguments ask for and writes JSON lines. The token is in
// the environment variable FASTPUBSUB_TOKEN.
func Run(ctx context.Context, args []string, out io.Writer) error {
	w := &workload{token: os.Getenv("FASTPUBSUB_TOKEN"), out: out}
	flags := pflag.NewFlagSet("bench", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&w.measure, "measure", "", "receive, publish, latency, subscriptions or start")
	flags.StringVar(&w.url, "url", "", "ws://… or grpc://…")
	flags.StringVar(&w.tenant, "tenant", "~", "tenant")
	flags.StringVar(&w.channel, "channel", "bench", "channel, or the first part of the channels of subscriptions")
	flags.IntVar(&w.messages, "messages", 100_000, "messages that are measured")
	flags.IntVar(&w.warmUp, "warm-up", 10_000, "messages before those that are measured")
	flags.IntVar(&w.payloadBytes, "payload-bytes", 128, "bytes of each payload, at least 16")
	flags.IntVar(&w.rate, "rate", 1000, "messages per second of latency")
	flags.IntVar(&w.inFlight, "in-flight", 1024, "publishes that wait for their acknowledgement, at most")
	flags.IntVar(&w.subscriptions, "subscriptions", 10_000, "subscriptions of subscriptions")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	if problem := w.problem(flags.Args()); problem != "" {
		return fmt.Errorf("%w: %s", ErrUsage, problem)
	}
	return measures[w.measure](ctx, w)
}

func (w *workload) problem(rest []string) string {
	switch {
	case len(rest) > 0:
		return fmt.Sprintf("unexpected argument %q; every setting is a flag", rest[0])
	case measures[w.measure] == nil:
		return fmt.Sprintf("there is no measure %q; there are receive, publish, latency, subscriptions and start", w.measure)
	case w.url == "":
		return "--url is missing"
	case w.token == "":
		return "the environment variable FASTPUBSUB_TOKEN is missing"
	case w.payloadBytes < headerBytes:
		return fmt.Sprintf("--payload-bytes is %d; at least %d are accepted", w.payloadBytes, headerBytes)
	case slices.Min([]int{w.messages, w.rate, w.inFlight, w.subscriptions}) < 1 || w.warmUp < 0:
		return "a figure is too small; at least 1 is accepted, and no warm-up below 0"
	}
	return ""
}

// connect connects a client. What it reports by itself ends the measurement.
func (w *workload) connect(ctx context.Context) (*fastpubsub.Client, context.Context, context.CancelCauseFunc, error) {
	ctx, fail := context.WithCancelCause(ctx)
	client, err := fastpubsub.Connect(ctx, w.url, fastpubsub.WithToken(w.token),
		fastpubsub.WithErrorHandler(func(err error) { fail(err) }),
		fastpubsub.WithStateHandler(func(s fastpubsub.Status) {
			if s.State != fastpubsub.StateConnected && s.Cause != nil {
				fail(fmt.Errorf("the client is %v: %w", s.State, s.Cause))
			}
		}))
	return client, ctx, fail, err
}

// numberOf is the number of a message.
func numberOf(payload []byte) (int, error) {
	if len(payload) < 8 {
		return 0, fmt.Errorf("a message of %d bytes has no number", len(payload))
	}
	return int(binary.BigEndian.Uint64(payload)), nil //nolint:gosec // a count
}

// expect checks that the message is the one with that number.
func expect(number int, payload []byte) error {
	got, err := numberOf(payload)
	if err == nil && got != number {
		err = fmt.Errorf("message %d came instead of message %d", got, number)
	}
	return err
}

// why is what has ended a measurement: what the client has reported rather than
// the end of the context that follows from it.
func why(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
