package metrics

import "github.com/prometheus/client_golang/prometheus"

// Observed are values that are read when somebody asks for the metrics.
type Observed struct {
	// QueuedBytes and QueuedMessages are in all outgoing queues.
	QueuedBytes, QueuedMessages func() float64
	// Tokens is how many tokens the store holds.
	Tokens func() float64
	// StoreUp and BackplaneUp are 1 while the server can use them, otherwise 0.
	StoreUp, BackplaneUp func() float64
	// Draining is 1 while the server drains, otherwise 0.
	Draining func() float64
	// Version and GoVersion say which build this is.
	Version, GoVersion string
}

// Observe adds the observed values.
func (m *Metrics) Observe(o Observed) {
	m.registry.MustRegister(
		gaugeFunc("queued_bytes", "Bytes in the outgoing queues.", o.QueuedBytes),
		gaugeFunc("queued_messages", "Messages in the outgoing queues.", o.QueuedMessages),
		gaugeFunc("tokens_stored", "Tokens in the token store.", o.Tokens),
		gaugeFunc("store_up", "Whether the token store can be used.", o.StoreUp),
		gaugeFunc("backplane_up", "Whether the node is connected to the cluster.", o.BackplaneUp),
		gaugeFunc("draining", "Whether the server drains.", o.Draining),
		buildInfo(o.Version, o.GoVersion),
	)
}

func gaugeFunc(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts(name, help)), value)
}

func buildInfo(version, goVersion string) prometheus.Collector {
	options := prometheus.GaugeOpts(opts("build_info", "The build; always 1."))
	options.ConstLabels = prometheus.Labels{"version": version, "goversion": goVersion}
	info := prometheus.NewGauge(options)
	info.Set(1)
	return info
}
