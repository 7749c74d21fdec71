// Package metrics is what a server counts, in Prometheus's terms.
//
// No label has values that a client can invent, and none carries a secret.
package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

const namespace = "fastpubsub"

// Metrics are a server's counters. Any goroutine may use them; the single
// counters are ready for use on the hot path.
type Metrics struct {
	registry *prometheus.Registry

	connections    *prometheus.GaugeVec
	opened         *prometheus.CounterVec
	disconnections *prometheus.CounterVec
	refusals       *prometheus.CounterVec

	// Subscriptions is how many there are.
	Subscriptions prometheus.Gauge
	// Published counts accepted messages by delivery mode.
	Published Modes
	// ReceivedBytes counts the bytes of accepted payloads.
	ReceivedBytes prometheus.Counter
	// Delivered counts messages written to connections.
	Delivered prometheus.Counter
	// SentBytes counts the bytes written to connections.
	SentBytes prometheus.Counter
	// Lost counts messages dropped from full outgoing queues.
	Lost prometheus.Counter
	// WriteLatency is the time from publishing to writing, once for each write,
	// of its oldest message.
	WriteLatency prometheus.Histogram
}

// Modes are a counter for each delivery mode.
type Modes struct{ Broadcast, OneLowLatency, OneRandom prometheus.Counter }

// New makes the metrics of one server, with those of the Go runtime and of the
// process.
func New() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.connections = gaugeVec("connections", "Live connections.", "wire")
	m.opened = counterVec("connections_opened_total", "Connections opened.", "wire")
	m.disconnections = counterVec("disconnections_total", "Connections that ended, by reason; NONE: the client ended it.", "reason")
	m.refusals = counterVec("refusals_total", "Refused connections, commands and requests.", "reason")
	m.Subscriptions = prometheus.NewGauge(prometheus.GaugeOpts(opts("subscriptions", "Live subscriptions.")))
	m.ReceivedBytes = counter("received_bytes_total", "Bytes of accepted payloads.")
	m.Delivered = counter("deliveries_total", "Messages written to connections.")
	m.SentBytes = counter("sent_bytes_total", "Bytes written to connections.")
	m.Lost = counter("lost_messages_total", "Messages dropped from the outgoing queues of slow consumers.")
	m.WriteLatency = prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: namespace,
		Name:      "publish_to_write_seconds",
		Help:      "Time from publishing to writing, of the oldest message of each write.",
		Buckets:   []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	})
	published := counterVec("publishes_total", "Accepted messages.", "mode")
	m.Published = Modes{
		Broadcast:     published.WithLabelValues("broadcast"),
		OneLowLatency: published.WithLabelValues("one-low-latency"),
		OneRandom:     published.WithLabelValues("one-random"),
	}
	m.registry.MustRegister(
		m.connections, m.opened, m.disconnections, m.refusals, m.Subscriptions, m.ReceivedBytes,
		m.Delivered, m.SentBytes, m.Lost, m.WriteLatency, published,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Gatherer is where an exporter reads the metrics.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// Opened counts a connection of a wire.
func (m *Metrics) Opened(wire string) {
	m.opened.WithLabelValues(wire).Inc()
	m.connections.WithLabelValues(wire).Inc()
}

// Ended counts the end of a connection. A nil error is an end that the client
// chose.
func (m *Metrics) Ended(wire string, cause *apierror.Error) {
	m.connections.WithLabelValues(wire).Dec()
	reason := "NONE"
	if cause != nil {
		reason = apierror.Name(cause.Reason())
	}
	m.disconnections.WithLabelValues(reason).Inc()
}

// Refused counts a refusal.
func (m *Metrics) Refused(reason apierror.Reason) {
	m.refusals.WithLabelValues(apierror.Name(reason)).Inc()
}

func opts(name, help string) prometheus.Opts {
	return prometheus.Opts{Namespace: namespace, Name: name, Help: help}
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts(opts(name, help)))
}

func counterVec(name, help, label string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts(opts(name, help)), []string{label})
}

func gaugeVec(name, help, label string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts(opts(name, help)), []string{label})
}
