package http

import (
	"context"
	"io"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// ping answers exactly "pong".
func ping(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "pong")
}

// alive says that the process serves requests.
func alive(w http.ResponseWriter, _ *http.Request) { writeJSON(w, `{"status":"ok"}`) }

// readiness answers 503 with what check refuses, whatever its reason.
func readiness(check func(context.Context) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := check(r.Context()); err != nil {
			writeProblem(w, http.StatusServiceUnavailable, apierror.From(err))
			return
		}
		writeJSON(w, `{"status":"ready"}`)
	}
}

func writeJSON(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, body+"\n")
}

// MetricsHandler serves metrics as Prometheus reads them.
func MetricsHandler(g prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(g, promhttp.HandlerOpts{})
}

// metrics are MetricsHandler; without a gatherer they are served elsewhere.
func metrics(g prometheus.Gatherer) http.Handler {
	if g != nil {
		return MetricsHandler(g)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "this server serves its metrics at an address of their own")
	})
}
