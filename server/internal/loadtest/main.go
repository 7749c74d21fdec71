package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

// workload is what is measured.
type workload struct {
	wire      string
	listeners int
	messages  int
	payload   int
	rate      int // messages per second; 0: as fast as they go
	channels  int // each with its share of the listeners
}

// timing is of how many messages one is timed.
func (w workload) timing() uint64 {
	if w.rate > 0 {
		return 1
	}
	return sampleEvery
}

// result is what was measured.
type result struct {
	Wire          string  `json:"wire"`
	Listeners     int     `json:"listeners"`
	Messages      int     `json:"messages"`
	PayloadBytes  int     `json:"payload_bytes"`
	Rate          int     `json:"messages_per_second"`
	Deliveries    int     `json:"deliveries"`
	Seconds       float64 `json:"seconds"`
	PerSecond     float64 `json:"deliveries_per_second"`
	CPUPerMillion float64 `json:"server_cpu_seconds_per_million_deliveries"`
	LatencyP50    float64 `json:"latency_p50_ms"`
	LatencyP99    float64 `json:"latency_p99_ms"`
	RSSKiB        int     `json:"server_rss_kib"`
}

func main() {
	var w workload
	wires := flag.String("wires", "llps,session-websocket,session-grpc", "wires to measure, one after the other")
	binary := flag.String("server", "", "the fastpubsub binary; empty: go run builds it")
	cores := flag.String("server-cpus", "", "CPUs for the server, as taskset takes them; empty: all")
	own := flag.String("own-cpus", "", "CPUs for this program; empty: all")
	asJSON := flag.Bool("json", false, "print one JSON object a line")
	runs := flag.Int("runs", 3, "runs of each wire, interleaved")
	flag.IntVar(&w.listeners, "listeners", 1000, "connections that receive")
	flag.IntVar(&w.messages, "messages", 20000, "messages to publish")
	flag.IntVar(&w.payload, "payload", 128, "bytes of a payload, at least 16")
	flag.IntVar(&w.rate, "rate", 0, "messages per second; 0: as fast as they go")
	flag.IntVar(&w.channels, "channels", 1, "channels, each with its share of the listeners")
	flag.Parse()
	if err := measureAll(w, strings.Split(*wires, ","), *runs, *binary, *cores, *own, *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, "loadtest:", err)
		os.Exit(1)
	}
}

func measureAll(w workload, wires []string, runs int, binary, cores, own string, asJSON bool) error {
	if err := pinSelf(own); err != nil {
		return err
	}
	if !asJSON {
		fmt.Printf("%-18s %9s %12s %10s %10s %10s %10s\n", "wire", "listeners", "deliveries/s", "CPU-s/M", "p50 ms", "p99 ms", "RSS MiB")
	}
	for range runs {
		for _, wire := range wires {
			w.wire = wire
			r, err := measure(w, binary, cores)
			if err != nil {
				return fmt.Errorf("%s: %w", wire, err)
			}
			report(r, asJSON)
		}
	}
	return nil
}

func report(r result, asJSON bool) {
	if asJSON {
		_ = json.NewEncoder(os.Stdout).Encode(r)
		return
	}
	fmt.Printf("%-18s %9d %12.0f %10.4f %10.3f %10.3f %10.1f\n",
		r.Wire, r.Listeners, r.PerSecond, r.CPUPerMillion, r.LatencyP50, r.LatencyP99, float64(r.RSSKiB)/1024)
}

// measure runs one workload against a server of its own.
func measure(w workload, binary, cores string) (result, error) {
	s, err := startServer(binary, cores)
	if err != nil {
		return result{}, err
	}
	defer s.stop()
	f, err := connectFleet(s, w)
	if err != nil {
		return result{}, err
	}
	defer f.close()
	before, err := s.cpu()
	if err != nil {
		return result{}, err
	}
	began := time.Now()
	if err := f.run(w); err != nil {
		return result{}, err
	}
	elapsed := time.Since(began)
	after, err := s.cpu()
	if err != nil {
		return result{}, err
	}
	deliveries := w.messages * w.listeners / w.channels
	return result{
		Wire: w.wire, Listeners: w.listeners, Messages: w.messages, PayloadBytes: w.payload, Rate: w.rate,
		Deliveries: deliveries, Seconds: elapsed.Seconds(), PerSecond: float64(deliveries) / elapsed.Seconds(),
		CPUPerMillion: (after - before).Seconds() / float64(deliveries) * 1e6,
		LatencyP50:    f.latencies.quantile(50), LatencyP99: f.latencies.quantile(99), RSSKiB: s.rss(),
	}, nil
}
