package cli

import "fmt"

// metricsFault is why the metrics of a server cannot be read.
type metricsFault struct {
	url   string
	cause error
}

func (f *metricsFault) Error() string {
	return fmt.Sprintf("cannot read the server's metrics at %s: %s", f.url, f.cause)
}

func (f *metricsFault) Unwrap() error { return f.cause }

// hint is what to try.
func (f *metricsFault) hint() string {
	if hint := metricsHints.fitting(f.Error()); hint != "" {
		return hint
	}
	return metricsPlaceHint
}

const metricsPlaceHint = "--metrics-url must lead to the server's --metrics-addr, or to its HTTP port if it has none, with the path /metrics"

// metricsHints go by the texts of the network and of HTTP.
var metricsHints = textHints{
	{[]string{"401 Unauthorized", "403 Forbidden", "407 Proxy"}, "the server itself lets everybody read its metrics, so something in front of it refuses; --metrics-url must lead past that"},
	{[]string{"certificate required", "bad certificate"}, certificateHint},
	{[]string{"failed to verify certificate"}, authorityHint},
	{[]string{"HTTP response to HTTPS client"}, "this port speaks no TLS; --metrics-addr never does; use http://"},
	{[]string{"400 Bad Request"}, "if this port speaks TLS, use https://"},
	{[]string{"no such host"}, "is the name of the server right in --metrics-url?"},
	{[]string{"another process", "not of one server"}, "--metrics-url must lead to one server, and it must run on during the load"},
	{[]string{"the page has no process_"}, "is this the page of fastpubsub, and not of another program? " + metricsPlaceHint},
	{
		[]string{"connection refused", "no route to host", "network is unreachable", "deadline exceeded"},
		"is the server running? " + metricsPlaceHint,
	},
}
