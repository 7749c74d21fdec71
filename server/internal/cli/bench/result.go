package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// Flow is how much went one way, and how fast.
type Flow struct {
	Messages          uint64        `json:"messages"`
	Bytes             uint64        `json:"bytes"`
	Duration          time.Duration `json:"duration"` // nanoseconds
	MessagesPerSecond float64       `json:"messages_per_second"`
	BytesPerSecond    float64       `json:"bytes_per_second"`
}

func newFlow(messages uint64, size int, duration time.Duration) Flow {
	flow := Flow{Messages: messages, Bytes: messages * uint64(size), Duration: duration} //nolint:gosec // positive
	if duration > 0 {
		flow.MessagesPerSecond = float64(flow.Messages) / duration.Seconds()
		flow.BytesPerSecond = float64(flow.Bytes) / duration.Seconds()
	}
	return flow
}

// Result is what a run measured. Times are in nanoseconds.
type Result struct {
	Publishers  int `json:"publishers"`
	Subscribers int `json:"subscribers"`
	Channels    int `json:"channels"`
	Size        int `json:"size"`
	// Published is what the server has handled.
	Published Flow `json:"published"`
	// Delivered is what arrived at all subscribers together.
	Delivered Flow `json:"delivered"`
	// Latency is from when a message was due to be sent until it arrived.
	Latency *Latency `json:"latency,omitempty"`
	// AckLatency is from when a message was due to be sent until it was
	// acknowledged.
	AckLatency *Latency `json:"ack_latency,omitempty"`
	Faults
	// Lagged is how many of the lost messages the subscribers' own buffers, or the
	// server's, had no room for.
	Lagged uint64 `json:"lagged"`
	// Refused is how many failures no call returned, refused messages above all.
	Refused uint64 `json:"refused"`
	// Server is what the server used; nil: it was not metered.
	Server *Usage `json:"server,omitempty"`
}

// OK says whether every message arrived, once and in order.
func (r *Result) OK() bool { return !r.Any() && r.Refused == 0 }

// result adds up what publishers and subscribers measured since start.
func (r *run) result(start time.Duration) *Result {
	result := &Result{
		Publishers: r.plan.Publishers, Subscribers: r.plan.Subscribers, Channels: r.plan.Channels, Size: r.plan.Size,
		Refused: r.refused.Load(),
	}
	acks, latencies := newRecorder(), newRecorder()
	var sent, received uint64
	var published, delivered time.Duration
	for _, publisher := range r.publishers {
		sent += publisher.sent
		published = max(published, publisher.finished-start)
		acks.merge(publisher.acks)
	}
	for _, subscriber := range r.subscribers {
		received += subscriber.received
		delivered = max(delivered, subscriber.finished-start)
		latencies.merge(subscriber.latencies)
		result.Faults.add(subscriber.faults(r.publishers))
		result.Lagged += subscriber.lagged
	}
	result.Published, result.Delivered = newFlow(sent, r.plan.Size, published), newFlow(received, r.plan.Size, delivered)
	result.Latency, result.AckLatency = latencies.measured(), acks.measured()
	return result
}

// measured is the distribution; nil if there is none.
func (r recorder) measured() *Latency {
	if r.histogram.TotalCount() == 0 {
		return nil
	}
	latency := r.latency()
	return &latency
}

// WriteTable writes the result for people.
func (r *Result) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tmessages\tmessages/s\tMiB/s\tseconds\t")
	r.Published.writeRow(table, "published")
	if r.Subscribers > 0 {
		r.Delivered.writeRow(table, "delivered")
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if r.Latency != nil || r.AckLatency != nil {
		fmt.Fprintln(table, "\n\tmin\tmean\tp50\tp90\tp99\tp99.9\tmax\t")
		r.Latency.writeRow(table, "latency")
		r.AckLatency.writeRow(table, "acknowledgement")
		if err := table.Flush(); err != nil {
			return err
		}
	}
	if r.Server != nil {
		r.Server.writeRows(table)
		if err := table.Flush(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "\nlost %d, duplicates %d, out of order %d, refused %d\n", r.Lost, r.Duplicates, r.Disordered, r.Refused)
	return err
}

func (f Flow) writeRow(w io.Writer, name string) {
	fmt.Fprintf(w, "%s\t%d\t%.0f\t%.2f\t%.3f\t\n", name, f.Messages, f.MessagesPerSecond, f.BytesPerSecond/(1<<20), f.Duration.Seconds())
}

func (l *Latency) writeRow(w io.Writer, name string) {
	if l == nil {
		return
	}
	fmt.Fprintf(w, "%s\t", name)
	for _, value := range []time.Duration{l.Min, l.Mean, l.P50, l.P90, l.P99, l.P999, l.Max} {
		fmt.Fprintf(w, "%s\t", value.Round(time.Microsecond))
	}
	fmt.Fprintln(w)
}
